package word

// mark is the character that a control word stands for, empty when for none.
func mark(name string) string {
	switch name {
	case "par", "line", "sect", "row", "nestrow", "column":
		return "\n"
	case "page":
		return "\f"
	case "tab", "cell", "nestcell":
		return "\t"
	case "emdash":
		return "\u2014"
	case "endash":
		return "\u2013"
	case "lquote":
		return "\u2018"
	case "rquote":
		return "\u2019"
	case "ldblquote":
		return "\u201c"
	case "rdblquote":
		return "\u201d"
	case "bullet":
		return "\u2022"
	case "emspace", "enspace", "qmspace":
		return " "
	}
	return ""
}

// silent names destinations whose content nobody sees on the page.
func silent(name string) bool {
	switch name {
	case "colortbl", "stylesheet", "info", "pict", "fldinst", "listtable", "listoverridetable", "revtbl", "rsidtbl",
		"filetbl", "generator", "bkmkstart", "bkmkend", "xe", "tc", "nonshppict", "objdata", "sp", "sn", "sv", "upr",
		"themedata", "colorschememapping", "datastore", "latentstyles", "xmlnstbl", "pgptbl", "falt", "panose", "private",
		"template", "passwordhash", "userprops", "pnseclvl", "fontemb", "fontfile", "atnid", "atndate", "atnref", "atrfstart",
		"atrfend", "atntime", "comment", "keycode", "blipuid", "picprop", "defchp", "defpap", "ftnsep", "ftnsepc", "ftncn",
		"aftnsep", "aftnsepc", "aftncn", "mmathPr", "wgrffmtfilter", "background", "formfield", "docvar", "factoidname",
		"pgdsctbl", "pgdscno", "levelnumbers", "leveltext":
		return true
	}
	return false
}

// spoken names destinations that are shown though they begin with \*.
func spoken(name string) bool {
	switch name {
	case "shpinst", "shptxt", "ud", "annotation", "footnote", "atnauthor", "nesttableprops", "shppict", "dptxbxtext", "do":
		return true
	}
	return false
}

// word takes a control word; given says whether a number came with it.
func (t *richText) word(name string, n int, given bool) error {
	first := !t.begun
	t.begun = true
	if t.standIns > 0 && name != "u" && name != "uc" {
		t.standIns-- // a stand-in may be a word
		return nil
	}
	if first && t.destination(name) {
		return nil
	}
	if t.fontWord(name, n) {
		return nil
	}
	on := !given || n != 0
	switch name {
	case "u":
		t.flush()
		return t.unicode(n)
	case "uc":
		t.skip = min(max(n, 0), 16)
	case "ansicpg":
		if n > 0 {
			t.ansi = n
		}
	case "mac":
		t.ansi = macPage
	case "v":
		t.flush()
		t.hidden = on
	case "deleted":
		t.flush()
		t.hidden = on
	case "plain":
		t.flush()
		t.hidden, t.font, t.double, t.eastern = false, t.standard, false, -1
	case "pict":
		t.pictures = true
	default:
		if s := mark(name); s != "" {
			t.flush()
			return t.write(s)
		}
	}
	return nil
}

// destination takes the first word of a group, which may say that the group is
// not part of the page.
func (t *richText) destination(name string) bool {
	t.flush()
	starred := t.starred
	t.starred = false
	switch {
	case name == "ud": // the Unicode twin inside \upr, whose other half is silent
		t.silent = false
		return true
	case name == "fonttbl":
		t.fonts = true
		return true
	case name == "pict":
		t.pictures, t.silent = true, true
		return true
	case silent(name), starred && !spoken(name):
		t.silent = true
		return true
	case name == "footnote", name == "annotation", name == "header", name == "footer", name == "shptxt":
		if t.shown() {
			t.out.WriteByte('\n')
		}
		return true
	}
	return false
}

// fontWord takes the words that say in which font, and so in which code page,
// what follows is written.
func (t *richText) fontWord(name string, n int) bool {
	switch name {
	case "f":
		t.flush()
		t.font = n
	case "deff":
		t.standard, t.font = n, n
	case "loch", "hich":
		t.flush()
		t.double = false
	case "dbch":
		t.flush()
		t.double = true
	case "af":
		if t.double {
			t.flush()
			t.eastern = n
		}
	case "fcharset":
		if t.fonts {
			t.charset[t.font] = pageOfCharset(n, t.ansi)
		}
	case "cpg":
		if t.fonts && n > 0 {
			t.charset[t.font] = n
		}
	default:
		return false
	}
	return true
}
