package preservation

import "diaoyue.example/workstation/backend/fault"

// What can be refused or go wrong.
var (
	// ErrRunning: a run of checks is at work already.
	ErrRunning = fault.New("preservation.running", "a run of checks is at work")
	// ErrNoRun: no such run, or none that could go on.
	ErrNoRun = fault.New("preservation.no_run", "there is no such run of checks")
	// ErrNotBroken: the record is not locked.
	ErrNotBroken = fault.New("preservation.not_broken", "the original is not locked")
	// ErrNotIntact: the file given is not the original. Parameter "name".
	ErrNotIntact = fault.New("preservation.not_intact", "the file is not an intact copy of the original")
	// ErrUnreadable: a file or folder named by the person cannot be read or
	// written. Parameter "path".
	ErrUnreadable = fault.New("preservation.unreadable", "the file or folder cannot be used")

	// ErrNoRecipient: a backup needs a public key to encrypt for.
	ErrNoRecipient = fault.New("preservation.no_recipient", "no key was given to encrypt the backup for")
	// ErrBadKey: not a key of a backup.
	ErrBadKey = fault.New("preservation.bad_key", "this is not a key of a backup")
	// ErrWrongKey: the backup was not encrypted for this key.
	ErrWrongKey = fault.New("preservation.wrong_key", "the backup was not encrypted for this key")
	// ErrForeignBackup: the folder holds something else, or the backup of
	// another archive. Parameter "dir".
	ErrForeignBackup = fault.New("preservation.foreign_backup", "the folder holds something else than a backup of this archive")
	// ErrNoBackup: there is no backup, or no such set, in the folder. Parameter "dir".
	ErrNoBackup = fault.New("preservation.no_backup", "there is no backup in this folder")
	// ErrInside: a backup or restored copy must not lie inside the archive.
	ErrInside = fault.New("preservation.inside", "the folder lies inside the archive")
	// ErrBackupDamaged: a file of the backup is damaged or missing. Parameter "name".
	ErrBackupDamaged = fault.New("preservation.backup_damaged", "a file of the backup is damaged or missing")
	// ErrNotEmpty: a copy is restored into an empty folder only. Parameter "dir".
	ErrNotEmpty = fault.New("preservation.not_empty", "the folder is not empty")
	// ErrBusy: a backup is being made already.
	ErrBusy = fault.New("preservation.busy", "a backup is being made already")

	// ErrWithinRetention: refusal R3. Parameters "until" (YYYY-MM-DD, or "never"
	// for what is kept for ever), "basis".
	ErrWithinRetention = fault.New("preservation.within_retention", "the retention period has not ended")
	// ErrHeld: the case is kept from disposal. Parameter "basis".
	ErrHeld = fault.New("preservation.held", "the case is kept from disposal")
	// ErrBadAppraisal: a field is missing or unknown. Parameter "field".
	ErrBadAppraisal = fault.New("preservation.bad_appraisal", "a field of the appraisal is missing or unknown")
	// ErrNoAppraisal: there is no such appraisal, or it is in another state.
	ErrNoAppraisal = fault.New("preservation.no_appraisal", "there is no such appraisal in this state")
	// ErrNoHold: there is no such open hold.
	ErrNoHold = fault.New("preservation.no_hold", "there is no such hold")

	// ErrStateSecret: refusal R1. Parameter "basis".
	ErrStateSecret = fault.New("preservation.state_secret", "state secrets must not be kept on this workstation")
	// ErrNotIsolated: the record is not kept apart, or is in another state.
	ErrNotIsolated = fault.New("preservation.not_isolated", "the record is not kept apart")
	// ErrIsolated: the record is kept apart already.
	ErrIsolated = fault.New("preservation.isolated", "the record is kept apart already")
	// ErrSamePerson: two people are needed. Parameter "basis".
	ErrSamePerson = fault.New("preservation.same_person", "one person cannot both ask and confirm")
	// ErrReason: a reason must be given.
	ErrReason = fault.New("preservation.reason", "a reason must be given")
)
