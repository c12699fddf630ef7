// Package frontend carries the built web interface and the Chinese sentences
// that window and command line share with it. It holds no logic.
package frontend

import "embed"

// Assets is the built interface, rooted at "dist". On a fresh clone it holds
// only a placeholder; `make build` fills it.
//
//go:embed all:dist
var Assets embed.FS

// Faults maps fault codes to Chinese sentences: {"code": {"title", "text",
// "next"}} with {param} placeholders.
//
//go:embed src/i18n/faults.zh-CN.json
var Faults []byte

// Articles holds the rules' words by article: {"S18": {"title",
// "paragraphs": ["first paragraph", …]}}.
//
//go:embed src/i18n/articles.json
var Articles []byte

// Shell holds the words of the window's frame and of its dialogs: "title",
// "chooseFiles", "chooseFolder".
//
//go:embed src/i18n/shell.zh-CN.json
var Shell []byte

// Words holds the interface's Chinese words, one file a view
// ("src/i18n/zh-CN/audit.json"), for what the Go side writes on paper.
//
//go:embed src/i18n/zh-CN/*.json
var Words embed.FS
