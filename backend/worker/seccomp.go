package worker

import (
	"fmt"
	"os"

	seccomp "github.com/elastic/go-seccomp-bpf"
	"github.com/elastic/go-seccomp-bpf/arch"
	"golang.org/x/sys/unix"
)

// filterCalls leaves to all threads of this process the calls on the list; every
// other one fails with EPERM. The list is short on purpose: nothing opens,
// connects, starts, traces, or makes memory executable.
func filterCalls() error {
	info, err := arch.GetInfo("")
	if err != nil {
		return fmt.Errorf("seccomp: %w", err)
	}
	here := func(names []string) []string {
		var out []string
		for _, n := range names {
			if _, ok := info.SyscallNames[n]; ok {
				out = append(out, n)
			}
		}
		return out
	}
	self := uint64(os.Getpid()) //nolint:gosec // G115: a process id is positive
	err = seccomp.LoadFilter(seccomp.Filter{
		NoNewPrivs: true, Flag: seccomp.FilterFlagTSync,
		Policy: seccomp.Policy{
			DefaultAction: seccomp.ActionErrno,
			Syscalls: []seccomp.SyscallGroup{
				// The C library falls back to clone, whose flags can be looked at.
				{Action: seccomp.ActionErrno | seccomp.Action(unix.ENOSYS), Names: here([]string{"clone3"})},
				{Action: seccomp.ActionAllow, Names: here(plainCalls()), NamesWithCondtions: []seccomp.NameWithConditions{
					when("clone", 0, seccomp.BitsSet, unix.CLONE_THREAD),
					when("mmap", 2, seccomp.BitsNotSet, unix.PROT_EXEC),
					when("mprotect", 2, seccomp.BitsNotSet, unix.PROT_EXEC),
					when("tgkill", 0, seccomp.Equal, self), // Go's own pre-emption
					when("prlimit64", 2, seccomp.Equal, 0), // reading limits only
					when("prctl", 0, seccomp.Equal, unix.PR_SET_NAME),
					when("prctl", 0, seccomp.Equal, unix.PR_SET_VMA),
					// fstat of newer C libraries; by name it would tell what exists.
					when("newfstatat", 3, seccomp.BitsSet, unix.AT_EMPTY_PATH),
				}},
			},
		},
	})
	if err != nil {
		return fmt.Errorf("seccomp: %w", err)
	}
	return nil
}

func when(name string, argument uint32, op seccomp.Operation, value uint64) seccomp.NameWithConditions {
	return seccomp.NameWithConditions{Name: name, Conditions: seccomp.ArgumentConditions{{Argument: argument, Operation: op, Value: value}}}
}

// plainCalls are those allowed whatever their arguments. Names that a processor
// does not know are left out there.
func plainCalls() []string {
	return []string{
		// files that are open already
		"read", "write", "readv", "writev", "pread64", "pwrite64", "preadv", "pwritev", "lseek", "close", "fstat",
		"ftruncate", "fsync", "fdatasync", "fallocate", "fadvise64", "fcntl", "dup", "memfd_create",
		// the socket to the parent
		"sendmsg", "recvmsg", "shutdown", "getsockopt", "setsockopt", "getsockname", "getpeername",
		"epoll_create1", "epoll_ctl", "epoll_wait", "epoll_pwait", "epoll_pwait2", "eventfd2", "pipe2", "poll", "ppoll", "select", "pselect6",
		// memory
		"munmap", "mremap", "madvise", "mincore", "brk",
		// threads
		"futex", "set_robust_list", "get_robust_list", "rseq", "membarrier", "set_tid_address", "gettid", "getpid", "getppid",
		"sched_yield", "sched_getaffinity", "sched_getparam", "sched_getscheduler", "getcpu", "exit", "exit_group",
		"rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "sigaltstack", "restart_syscall",
		// the clock and what can be known without harm
		"nanosleep", "clock_nanosleep", "clock_gettime", "clock_getres", "gettimeofday", "time", "getrandom", "uname", "sysinfo",
		"getrusage", "getrlimit", "times",
	}
}
