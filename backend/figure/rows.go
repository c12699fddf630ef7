package figure

// Row names a figure that must be printed. The rows below are the figures that
// custody demands; a test that measures one names it, so that a figure nobody
// measures any more is seen.
type Row string

// The figures of custody.
const (
	LogKill        Row = "log-kill"
	LogPowerCut    Row = "log-power-cut"
	LogPowerLess   Row = "log-power-cut-control"
	VaultPowerCut  Row = "vault-power-cut"
	VaultPowerLess Row = "vault-power-cut-control"
	IngestSteps    Row = "ingest-steps"
	IngestFaults   Row = "ingest-faults"
	IngestFull     Row = "ingest-full"
	IngestReadOnly Row = "ingest-read-only"
	IngestSpeed    Row = "ingest-speed"
	StoreFaults    Row = "store-faults"
	StoreFull      Row = "store-full"
	StoreReadOnly  Row = "store-read-only"
	OriginalFlips  Row = "original-flips"
	CatalogFlips   Row = "catalog-flips"
	CatalogBlind   Row = "catalog-flips-control"
	TornWAL        Row = "torn-wal"
	TornShm        Row = "torn-shm"
	Upgrades       Row = "upgrades"
	Drill          Row = "drill"
	DrillDamaged   Row = "drill-control"
	TamperEdit     Row = "tamper-edit"
	TamperRehash   Row = "tamper-rehash"
	TamperCut      Row = "tamper-cut"
	TamperRestore  Row = "tamper-restore"
	TamperResign   Row = "tamper-resign"
	TamperForge    Row = "tamper-forge"
	LogRate        Row = "log-rate"
	LogVerify      Row = "log-verify"
	LogScreen      Row = "log-screen"
	ViewTrace      Row = "view-trace"
	ViewClosed     Row = "view-closed"
	Faces          Row = "faces"
	BruteForce     Row = "brute-force"
	ClockBack      Row = "clock-back"
	SecondInstance Row = "second-instance"
	ExportBlocks   Row = "export-blocks"
)

// Demand is what a row must reach. What and Mark are words of the table.
type Demand struct {
	Row        Row
	What, Mark string
}

// Demands lists every row in the order of the table: the one place that says
// what `make faults` must print. The tamper rows give the answers of the log
// chained only, with signed checkpoints, with the high-water mark outside, and
// with an outside witness.
func Demands() []Demand {
	return []Demand{
		{LogKill, "events lost after kill -9, ≥ 200 runs", "0"},
		{LogPowerCut, "events lost after a power cut, ≥ 50 cuts", "0"},
		{LogPowerLess, "control: events lost without syncing, ≥ 50 cuts", "> 0"},
		{VaultPowerCut, "originals lost after a power cut", "0"},
		{VaultPowerLess, "control: originals lost without syncing", "> 0"},
		{IngestSteps, "ingest killed at every step: one object, one row", "all"},
		{IngestFaults, "ingest, EIO and ENOSPC at the n-th file operation, all n", "0 harmed"},
		{IngestFull, "ingest onto a full disk (3 MB tmpfs): said, goes on after", "said, 0 harmed"},
		{IngestReadOnly, "ingest into a read-only folder: said, goes on after", "said, 0 harmed"},
		{IngestSpeed, "ingest ÷ (cp + sha256sum + openssl sm3), 2 GB", "≤ 0.7"},
		{StoreFaults, "database, EIO and ENOSPC at the n-th file operation, all n", "0 lost"},
		{StoreFull, "database on a full disk: said, goes on after", "said, 0 lost"},
		{StoreReadOnly, "database in a read-only folder: said, goes on after", "said, 0 lost"},
		{OriginalFlips, "flipped bits found in originals", "100 %"},
		{CatalogFlips, "flipped bits found in the catalogue", "100 %"},
		{CatalogBlind, "control: flips that SQLite's integrity_check misses", "> 0"},
		{TornWAL, "WAL torn at every k: what is lost is noticed", "all"},
		{TornShm, "-shm torn or filled with rubbish: rows lost", "0"},
		{Upgrades, "every schema version upgraded, killed in every migration", "all"},
		{Drill, "restore drill: roots and files equal", "all"},
		{DrillDamaged, "control: damaged backups that a drill calls equal", "0"},
		{TamperEdit, "tamper: edit a row", "✓ ✓ ✓ ✓"},
		{TamperRehash, "tamper: edit and rehash", "✗ ✓ ✓ ✓"},
		{TamperCut, "tamper: cut the tail with its checkpoints", "✗ ✗ ✓ up to the witness"},
		{TamperRestore, "tamper: restore an old file", "✗ ✗ ✓ ✓"},
		{TamperResign, "tamper: rewrite and re-sign (stolen key)", "✗ ✗ ✗ ✓"},
		{TamperForge, "tamper: forge after the last witness", "✗ ✗ ✗ ✗"},
		{LogRate, "durable log entries a second, one writer", "≥ 800"},
		{LogVerify, "1 M log entries verified", "≤ 10 s"},
		{LogScreen, "log screen opened on 1 M entries", "≤ 300 ms"},
		{ViewTrace, "frames served without an entry, kill -9 × 200", "0"},
		{ViewClosed, "viewings left open, kill -9 × 200", "0"},
		{Faces, "every face × every role: answers unlike the matrix", "0"},
		{BruteForce, "passwords tried beyond five in ten minutes, clock set back", "0"},
		{ClockBack, "clock back a day: entries out of order, or unsaid", "0"},
		{SecondInstance, "second instances let in, × 50", "0"},
		{ExportBlocks, "4 KiB blocks of originals in the export folder", "0"},
	}
}

// DemandOf returns the demand of a row.
func DemandOf(row Row) (Demand, bool) {
	for _, d := range Demands() {
		if d.Row == row {
			return d, true
		}
	}
	return Demand{}, false
}
