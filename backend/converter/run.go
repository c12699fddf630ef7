package converter

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"
	"time"
)

// profile is a user's settings: no macros, no links that are followed, no
// question about an earlier crash.
const profile = `<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="MacroSecurityLevel" oor:op="fuse"><value>3</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="DisableActiveContent" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Writer/Content/Update"><prop oor:name="Link" oor:op="fuse"><value>0</value></prop></item>
<item oor:path="/org.openoffice.Office.Calc/Content/Update"><prop oor:name="Link" oor:op="fuse"><value>2</value></prop></item>
<item oor:path="/org.openoffice.Office.Recovery/RecoveryInfo"><prop oor:name="Enabled" oor:op="fuse"><value>false</value></prop></item>
</oor:items>
`

// limited is run by the shell: the bounds stand before LibreOffice does.
func limited() string {
	return fmt.Sprintf(`ulimit -c 0; ulimit -f %d; ulimit -t %d; ulimit -v %d; exec "$0" "$@"`, maxFile/512, maxCPU, maxMemory)
}

// run starts LibreOffice and waits for its end. Namespaces of its own take the
// network away and end all it started with it; where the system does not give
// them, it runs without.
func (o *Office) run(ctx context.Context, dir, in string) error {
	ctx, cancel := context.WithTimeoutCause(ctx, o.patience, ErrTooSlow)
	defer cancel()
	err := o.start(ctx, dir, in, syscall.CLONE_NEWUSER|syscall.CLONE_NEWNET|syscall.CLONE_NEWPID|syscall.CLONE_NEWIPC)
	if errors.Is(err, errNotStarted) {
		err = o.start(ctx, dir, in, 0)
	}
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case errors.Is(err, errNotStarted):
		return err
	}
	return nil // whether there is a PDF says more than the exit code
}

var errNotStarted = errors.New("LibreOffice could not be started")

func (o *Office) start(ctx context.Context, dir, in string, apart uintptr) error {
	cmd := exec.CommandContext(ctx, "/bin/sh", "-c", limited(), o.program, //nolint:gosec // the shell runs a constant; names are arguments
		"-env:UserInstallation=file://"+filepath.Join(dir, "profile"),
		"--headless", "--nologo", "--norestore", "--nolockcheck", "--nodefault", "--nofirststartwizard",
		"--convert-to", "pdf", "--outdir", filepath.Join(dir, "out"), in)
	cmd.Dir = dir
	cmd.Env = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "TMPDIR=" + filepath.Join(dir, "tmp"), "LANG=zh_CN.UTF-8", "LC_ALL=C.UTF-8",
		"SAL_USE_VCLPLUGIN=svp", "SAL_DISABLE_OPENCL=1",
	}
	cmd.Stdout, cmd.Stderr = io.Discard, io.Discard
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL, Cloneflags: apart}
	if apart != 0 {
		cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{ContainerID: os.Getuid(), HostID: os.Getuid(), Size: 1}}
		cmd.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{ContainerID: os.Getgid(), HostID: os.Getgid(), Size: 1}}
	}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = 5 * time.Second
	// The signal at a parent's death is sent when the thread that started the
	// child ends: it must not end before the child.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("%w: %w", errNotStarted, err)
	}
	err := cmd.Wait()
	_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // what it may have left behind
	return err
}
