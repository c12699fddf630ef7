package cli

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"diaoyue.example/workstation/backend/catalog"
	"diaoyue.example/workstation/backend/fault"
	"diaoyue.example/workstation/frontend"
)

// Sentinels of the command line itself.
var (
	errNoHome = fault.New("cli.no_home", "there is no home folder to look in")
	// errNoPassword: neither DIAOYUE_PASSWORD nor a terminal to ask.
	errNoPassword = fault.New("cli.no_password", "no password was given")
	// errNoUser: --as is missing.
	errNoUser = fault.New("cli.no_user", "no account was named")
	// errNoArchive: nothing of that name is an archive. Parameter "dir".
	errNoArchive = fault.New("cli.no_archive", "there is no archive")
	// errAmbiguous: a prefix fits several. Parameters "given", "count".
	errAmbiguous = fault.New("cli.ambiguous", "the name fits more than one")
	// errNoFile: a file named on the command line cannot be read. Parameter "path".
	errNoFile = fault.New("cli.no_file", "the file cannot be read")
	// errPartly: some files of a submission were refused. Parameter "count".
	errPartly = fault.New("cli.partly", "some files were refused")
)

//go:embed texts.zh-CN.json
var texts []byte

// words are what the command line says, in the users' language.
type words struct {
	Lines map[string]string `json:"lines"`
	Usage map[string]string `json:"usage"`
	About map[string]string `json:"about"`

	faults   map[string]sentence
	articles map[string]struct {
		Title string `json:"title"`
	}
}

type sentence struct {
	Title string `json:"title"`
	Text  string `json:"text"`
	Next  string `json:"next"`
	// Words tells the codes that a parameter may carry: {"kind": {"body": …}}.
	Words map[string]map[string]string `json:"words"`
}

func loadWords() (words, error) {
	var w words
	if err := json.Unmarshal(texts, &w); err != nil {
		return words{}, fmt.Errorf("read texts: %w", err)
	}
	if err := json.Unmarshal(frontend.Faults, &w.faults); err != nil {
		return words{}, fmt.Errorf("read sentences: %w", err)
	}
	if err := json.Unmarshal(frontend.Articles, &w.articles); err != nil {
		return words{}, fmt.Errorf("read articles: %w", err)
	}
	return w, nil
}

// line fills a text's {name} places; pairs are name, value, name, value.
func (w words) line(key string, pairs ...string) string {
	text, ok := w.Lines[key]
	if !ok {
		return key
	}
	return fill(text, pairs...)
}

// sentence says an error in one plain line.
func (w words) sentence(err error) string {
	code := fault.Code(err)
	said, ok := w.faults[code]
	if !ok {
		return err.Error()
	}
	if code == fault.Internal {
		return said.Text + " " + err.Error()
	}
	var pairs []string
	for k, v := range fault.Params(err) {
		if word, told := said.Words[k][v]; told {
			v = word
		}
		pairs = append(pairs, k, v)
	}
	text := said.Text
	if said.Next != "" {
		text += said.Next
	}
	text += w.basis(fault.Params(err)[fault.Basis])
	line := strings.Join(strings.Fields(fill(text, pairs...)), " ")
	return line + " [" + code + "]"
}

// basis names the article a refusal rests on: "S18.1" is the first paragraph
// of article 18 of the rules.
func (w words) basis(key string) string {
	article, paragraph, one := strings.Cut(key, ".")
	found, ok := w.articles[article]
	if !ok {
		return ""
	}
	name := found.Title
	if one {
		name += w.Lines["paragraph."+paragraph]
	}
	return w.line("basis", "article", name)
}

// stage takes a stage's key or its name.
func (w words) stage(text string) string {
	for _, key := range catalog.Stages() {
		if w.Lines["stage."+key] == text {
			return key
		}
	}
	return text
}

func fill(text string, pairs ...string) string {
	places := make([]string, 0, len(pairs))
	for i := 0; i+1 < len(pairs); i += 2 {
		places = append(places, "{"+pairs[i]+"}", pairs[i+1])
	}
	return strings.NewReplacer(places...).Replace(text)
}

// help lists all commands with one line each.
func (w words) help() string {
	var b strings.Builder
	b.WriteString(w.Lines["help.head"] + "\n")
	for _, cmd := range commands() {
		b.WriteString("\n  " + w.Usage[cmd.name] + "\n      " + w.About[cmd.name])
	}
	b.WriteString("\n\n" + w.Lines["help.tail"])
	return b.String()
}

// purpose maps what a person may type to the purpose's key.
func (w words) purpose(text string, keys []string) (key, note string) {
	if slices.Contains(keys, text) {
		return text, ""
	}
	for _, k := range keys {
		if w.Lines["purpose."+k] == text {
			return k, ""
		}
	}
	return "other", text
}
