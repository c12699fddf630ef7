package disclosure

import "testing"

// The seal of an approval without a check is what earlier versions wrote into
// the log: what they approved can still be handed out.
func TestSealOfEarlierVersions(t *testing.T) {
	r := row{
		id: "c", number: "FB-2026-001", recordID: "r", original: "o", plan: "{}", planDigest: "p", submitter: "s", submittedAt: "t",
		candidateID: "c", sha256: "a", sm3: "b", size: 9, manifest: "{}",
		decision: decision{Approved: true, Account: "h", At: "u", Opinion: "yes", Viewing: "v", Shown: 1, Total: 2, Plan: "p", SHA256: "a", SM3: "b"},
	}
	got, err := r.approvalSeal()
	if err != nil || got != "f484efef2d61e306680218df6931c287f45eee6a1f82d9144621b559add61806" {
		t.Errorf("seal %s, %v", got, err)
	}
}
