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
	SavedSearch    Event = "saved-search" // a person keeps a question under a name, or no more
	Shown          Event = "shown"        // ranges of a viewing really shown
	ViewingClosed  Event = "viewing-closed"
	Description    Event = "description" // a case file or record was described
	Annotation     Event = "annotation"
	Draft          Event = "draft" // a redaction plan was saved
	Submission     Event = "submission"
	Check          Event = "check"           // a third person passed a candidate copy
	CheckRejection Event = "check-rejection" // or sent it back
	Approval       Event = "approval"
	Rejection      Event = "rejection"
	Withdrawal     Event = "withdrawal"
	Job            Event = "job"
	AccountCreated Event = "account-creation"
	RoleGrant      Event = "role-grant"
	PasswordChange Event = "password-change"
	PasswordReset  Event = "password-reset" // a one-time password was given, or confirmed by a second administrator
	AccountState   Event = "account-state"  // put out of use, or back
	SeatLocked     Event = "lock"           // the screen was locked, viewings suspended
	SeatUnlocked   Event = "unlock"         //
	Authorisation  Event = "authorisation"  // the head of agency allowed an exception in writing, or revoked it
	Serving        Event = "serving"        // ranges of a viewing about to leave the desk
	Renumbering    Event = "renumbering"    // a viewing took over the verified frame index
	ClockStep      Event = "clock-step"     // the clock went backwards
	KeyChange      Event = "key-change"     // planned: the key before it signed the entry
	KeyLoss        Event = "key-loss"       // another key signs, because there was none
	Witnessed      Event = "witness"        // a checkpoint left the house, or another workstation cosigned one
	Cosigned       Event = "cosigning"      // a checkpoint of another workstation was cosigned
	WorkerDied     Event = "worker-death"   // a child process that reads foreign bytes ended by itself
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
