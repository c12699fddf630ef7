package disclosure

// State of a copy. A draft is not a copy yet; any change of a plan makes a new
// copy, whose approval begins anew.
type State string

// States (law-and-features §3).
const (
	Making         State = "making"    // submitted, the candidate is being made
	StateCandidate State = "candidate" // sealed, waits for other people
	Checked        State = "checked"   // passed by a third person, waits for the head
	Approved       State = "approved"
	Rejected       State = "rejected"
	StateReleased  State = "released"
	Withdrawn      State = "withdrawn"
	Failed         State = "failed" // the candidate could not be made
)

// act is what may be done to a copy.
type act int

const (
	checking act = iota // pass, or send back
	decide              // approve or reject
	release
	withdraw
)

// allows reports whether a copy in state s may undergo a. A released copy may be
// released again: into another folder, with an entry and a certificate of its own.
func (s State) allows(a act) bool {
	switch s {
	case Making, Failed:
		return a == withdraw
	case StateCandidate:
		return a == checking || a == decide || a == withdraw
	case Checked:
		return a == decide || a == withdraw
	case Approved, StateReleased:
		return a == release || a == withdraw
	case Rejected, Withdrawn:
		return false
	}
	return false
}
