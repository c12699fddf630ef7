// Package desktop is the window's side of the workstation: thin faces, one a
// capability, that the web interface calls, and the handler that carries
// frames, sound and pages to the glass.
//
// Invariant: the faces decide nothing. Who sits at the station is known here
// and nowhere in the interface; what that account may do is decided by the
// rooms below. Pictures, sound and pages leave only through an open viewing
// of the account that sits here, and nothing is ever found by a path.
//
// The dto files, one a face, hold what crosses the bridge. Plain data only:
// times are RFC 3339 strings, frame numbers are 0-based, durations and
// positions are seconds, slices and maps are never nil (they would arrive as
// null).
package desktop
