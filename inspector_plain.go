//go:build !e2e

package main

import "os"

// closeInspector must run before WebKit starts: the window would serve its web
// inspector, and with it every face, to whoever sets one of these variables.
func closeInspector() {
	_ = os.Unsetenv("WEBKIT_INSPECTOR_SERVER")
	_ = os.Unsetenv("WEBKIT_INSPECTOR_HTTP_SERVER")
}
