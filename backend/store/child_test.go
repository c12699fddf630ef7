//go:build linux && amd64

package store_test

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"

	"diaoyue.example/workstation/backend/fault"
	"diaoyue.example/workstation/backend/store"
)

// childEnv carries what this test binary is to do as a child: a word and its
// arguments, one a line.
const childEnv = "DIAOYUE_STORE_CHILD"

func TestMain(m *testing.M) {
	if text := os.Getenv(childEnv); text != "" {
		work := strings.Split(text, "\n")
		os.Exit(child(context.Background(), work[0], work[1:]))
	}
	os.Exit(m.Run())
}

func child(ctx context.Context, word string, args []string) int {
	err := map[string]func(context.Context, []string) error{
		"add": addSome, "pour": pour, "open": openOnly, "hold": holdOnly,
	}[word](ctx, args)
	if err != nil {
		fmt.Println("end", fault.Code(err), err)
		return 1
	}
	fmt.Println("end")
	return 0
}

// addSome opens the database and adds rows, one a commit. It says "ok N" when a
// row is acknowledged and "no N CODE" when it is refused, and goes on.
func addSome(ctx context.Context, args []string) error {
	if err := submit(); err != nil {
		return err
	}
	from, to := atoi(args[1]), atoi(args[2])
	db, err := store.Open(ctx, args[0])
	if err != nil {
		return err
	}
	for i := from; i < to; i++ {
		if err := db.Write(ctx, add(strconv.Itoa(i))); err != nil {
			fmt.Println("no", i, fault.Code(err))
			continue
		}
		fmt.Println("ok", i)
	}
	return db.Close()
}

// pour adds rows without end. synchronous says how: "" is as the archive does,
// anything else is a connection of its own with that setting.
func pour(ctx context.Context, args []string) error {
	var write func(int) error
	if synchronous := args[1]; synchronous == "" {
		db, err := store.Open(ctx, args[0])
		if err != nil {
			return err
		}
		write = func(i int) error { return db.Write(ctx, add(strconv.Itoa(i))) }
	} else {
		db, err := sql.Open("sqlite", "file:"+args[0]+"?_pragma=journal_mode(WAL)&_pragma=synchronous("+synchronous+")")
		if err != nil {
			return err
		}
		write = func(i int) error {
			_, err := db.ExecContext(ctx, `INSERT INTO account (id, number, name, department, password, created) VALUES (?1, ?1, '', '', '', '')`, strconv.Itoa(i))
			return err
		}
	}
	for i := 0; ; i++ {
		if err := write(i); err != nil {
			return err
		}
		fmt.Println("ok", i)
	}
}

func openOnly(ctx context.Context, args []string) error {
	if err := submit(); err != nil {
		return err
	}
	db, err := store.Open(ctx, args[0])
	if err != nil {
		return err
	}
	return db.Close()
}

// holdOnly asks for the archive and gives it back at the end of its input.
func holdOnly(_ context.Context, args []string) error {
	if err := submit(); err != nil {
		return err
	}
	lock, err := store.Acquire(args[0], store.Holder{Mode: store.ModeCLI})
	if err != nil {
		return err
	}
	fmt.Println("held")
	_, _ = os.Stdin.Read(make([]byte, 1))
	return lock.Release()
}

func atoi(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil {
		panic(err)
	}
	return n
}
