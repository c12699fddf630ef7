package audit

// Event names what happened. Labels are those of the PREMIS eventType list
// of the Library of Congress where it has one.
type Event string

// Events with a PREMIS label.
const (
	Ingestion        Event = "ingestion"
	Accession        Event = "accession"
	Digest           Event = "message digest calculation"
	FixityCheck      Event = "fixity check"
	FormatIdentified Event = "format identification"
	Extraction       Event = "extraction"
	Displaying       Event = "displaying" // a viewing opened
	Printing         Event = "printing"
	Exporting        Event = "exporting"
	Redaction        Event = "redaction" // a candidate copy was made
	Dissemination    Event = "dissemination"
	Signing          Event = "digital signature generation"
	SignatureCheck   Event = "digital signature validation"
	Quarantine       Event = "quarantine"
	Replication      Event = "replication" // backup
	Recovery         Event = "recovery"
	Transfer         Event = "transfer"
	Deaccession      Event = "deaccession"
	PolicyAssignment Event = "policy assignment"
	VirusCheck       Event = "virus check"
	MetadataChange   Event = "metadata modification" // description changed
)

// Events of our own.
const (
	Founding       Event = "founding"
	SignIn         Event = "sign-in"
	SignOut        Event = "sign-out"
	Refusal        Event = "refusal"
	Search         Event = "search"
	Shown          Event = "shown" // ranges of a viewing really shown
	ViewingClosed  Event = "viewing-closed"
	Description    Event = "description" // a case file or record was described
	Annotation     Event = "annotation"
	Draft          Event = "draft" // a redaction plan was saved
	Submission     Event = "submission"
	Check          Event = "check"
	Approval       Event = "approval"
	Rejection      Event = "rejection"
	Withdrawal     Event = "withdrawal"
	Job            Event = "job"
	AccountCreated Event = "account-creation"
	RoleGrant      Event = "role-grant"
	PasswordChange Event = "password-change"
	ClockStep      Event = "clock-step" // the clock went backwards
	KeyChange      Event = "key-change"
	LogRead        Event = "log-reading"
	LogVerified    Event = "log-verification"
)

// Result says how it ended.
type Result string

// Results of an act.
const (
	OK      Result = "ok"
	Refused Result = "refused"
	Failed  Result = "failed"
)
