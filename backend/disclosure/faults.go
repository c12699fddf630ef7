package disclosure

import "diaoyue.example/workstation/backend/fault"

// What can be refused or go wrong.
var (
	// ErrBadPlan: the plan cannot be carried out. Parameters "reason" (a word for
	// what is wrong), "detail".
	ErrBadPlan = fault.New("disclosure.bad_plan", "the plan cannot be carried out")
	// ErrEmptyPlan: the plan hides nothing.
	ErrEmptyPlan = fault.New("disclosure.empty_plan", "the plan hides nothing")
	// ErrNoGround: a track or mute lacks its ground. Parameters "item", "basis".
	ErrNoGround = fault.New("disclosure.no_ground", "a cover has no ground")
	// ErrNoReason: a track or mute lacks its reason. Parameters "item", "basis".
	ErrNoReason = fault.New("disclosure.no_reason", "a cover has no reason")
	// ErrOtherOriginal: the plan was made for another original.
	ErrOtherOriginal = fault.New("disclosure.other_original", "the plan belongs to another original")
	// ErrNotFootage: copies are made of recordings with a picture only.
	ErrNotFootage = fault.New("disclosure.not_footage", "the record is not a video recording")
	// ErrIsolated: perhaps a state secret, kept apart (保密法 30, refusal R1).
	ErrIsolated = fault.New("disclosure.isolated", "the record is kept apart as a suspected state secret")
	// ErrNoDraft: no such open draft of this account.
	ErrNoDraft = fault.New("disclosure.no_draft", "there is no such open draft")
	// ErrStaleDraft: the draft was saved elsewhere meanwhile. Parameter "version".
	ErrStaleDraft = fault.New("disclosure.stale_draft", "the draft was saved elsewhere meanwhile")
	// ErrNoCopy: no such copy. Parameter "copy".
	ErrNoCopy = fault.New("disclosure.no_copy", "there is no such copy")
	// ErrState: the copy's state does not allow the act. Parameter "state".
	ErrState = fault.New("disclosure.state", "the copy's state does not allow this")
	// ErrSelfApproval: nobody approves a copy of his own. Parameter "basis" S18.1.
	ErrSelfApproval = fault.New("disclosure.self_approval", "the submitter cannot approve")
	// ErrCheckerApproval: nobody decides on a copy that he checked. Parameter "basis" R5.
	ErrCheckerApproval = fault.New("disclosure.checker_approval", "the checker cannot approve")
	// ErrSelfCheck: nobody checks a copy of his own. Parameter "basis" R5.
	ErrSelfCheck = fault.New("disclosure.self_check", "the submitter cannot check")
	// ErrNotViewed: the checker or approver has not opened the candidate.
	// Parameter "basis" R5 or S18.1.
	ErrNotViewed = fault.New("disclosure.not_viewed", "the checker or approver was not shown the candidate")
	// ErrNoOpinion: a check, a rejection, a withdrawal says what or why.
	ErrNoOpinion = fault.New("disclosure.no_opinion", "a reason is needed")
	// ErrChanged: candidate, plan, check or approval is not what was sealed,
	// checked or approved (refusal R6). Parameters "what", "basis".
	ErrChanged = fault.New("disclosure.changed", "what was approved was changed since")
	// ErrExists: a file of that name lies in the folder. Parameter "path".
	ErrExists = fault.New("disclosure.exists", "a file of that name exists")
	// ErrFolder: the folder cannot be written to. Parameter "path".
	ErrFolder = fault.New("disclosure.folder", "the folder cannot be written to")
	// ErrCheck: the finished copy failed a check of the machine. Parameter "check".
	ErrCheck = fault.New("disclosure.check", "the copy did not pass a check")
	// ErrDamaged: the recording cannot be decoded to its end.
	ErrDamaged = fault.New("disclosure.damaged", "the recording cannot be decoded to its end")
	// ErrUnsupported: this version cannot make copies of this kind of recording.
	ErrUnsupported = fault.New("disclosure.unsupported", "this kind of recording cannot be copied")
	// ErrWorker: the worker died each time.
	ErrWorker = fault.New("disclosure.worker", "the worker ended while making the copy")
	// ErrRepeated: the recording ended workers again and again.
	ErrRepeated = fault.New("disclosure.repeated", "the recording repeatedly ends the worker")
	// ErrCancelled: the making was cancelled.
	ErrCancelled = fault.New("disclosure.cancelled", "the making of the copy was cancelled")
)

// Articles that refusals rest on.
const (
	BasisApproval  = "S18.1" // disclosure needs the approval of the head of agency
	BasisGrounds   = "S18.2" // what is withheld needs a ground
	BasisExclusion = "R5"    // maker, checker and head of one copy are three people
)
