package format

import (
	"path"
	"regexp"
	"strings"
	"sync"
)

// Store is a kind of file that is there to hold sign-ins.
type Store int

// The kinds of such files.
const (
	NoStore    Store = iota
	Settings         // .env, wp-config.php, shell profiles: a literal under a secret's name counts
	Client           // what FTP clients, editors and database tools keep
	Netrc            // machine, login, password
	PGPass           // host:port:database:user:password
	Passwd           // user:hash, also .htpasswd and shadow
	URLs             // one address with user and password on each line
	Firefox          // logins.json
	DockerAuth       // auths of docker's config.json
	NPM              // .npmrc
	WholeKey         // the file is the key
	WordPress        // wp-config.php
)

var byBase = map[string]Store{
	".netrc": Netrc, "_netrc": Netrc, "netrc": Netrc, ".authinfo": Netrc, ".pgpass": PGPass, "pgpass.conf": PGPass,
	".htpasswd": Passwd, "htpasswd": Passwd, "shadow": Passwd, "shadow-": Passwd, "gshadow": Passwd, "passwd": Passwd, "ftpd.passwd": Passwd, "proftpdpasswd": Passwd, "mosquitto_passwd": Passwd, "passwd-s3fs": URLs,
	".git-credentials": URLs, "git-credentials": URLs, "logins.json": Firefox, ".dockercfg": DockerAuth, ".dockerconfigjson": DockerAuth, ".npmrc": NPM, "npmrc": NPM,
	"master.key": WholeKey, "wp-config.php": WordPress,
	".ftpconfig": Client, "sftp-config.json": Client, "sftp.json": Client, "ftp-sync.json": Client, "ftpsync.settings": Client, ".remote-sync.json": Client, "deployment-config.json": Client, "filezilla.xml": Client, "recentservers.xml": Client, "sitemanager.xml": Client, "webservers.xml": Client, "winscp.ini": Client,
	"robomongo.json": Client, "robo3t.json": Client, "data-sources.xml": Client, "dbeaver-data-sources.xml": Client, ".dbeaver-data-sources.xml": Client, "credentials-config.json": Client, "datasources.xml": Client, "datasources.local.xml": Client,
	".esmtprc": Client, "esmtprc": Client, ".msmtprc": Client, "msmtprc": Client, ".fetchmailrc": Client, ".muttrc": Client, ".my.cnf": Client, ".mylogin.cnf": Client, ".pypirc": Client, ".s3cfg": Client, ".boto": Client, ".credentials": Client, "credentials": Client, ".tugboat": Client, "hub": Client, ".cvspass": Client, ".mailrc": Client,
	".bashrc": Settings, ".bash_profile": Settings, ".bash_login": Settings, ".profile": Settings, ".zshrc": Settings, ".zprofile": Settings, ".zshenv": Settings, ".envrc": Settings, ".bash_history": Settings, ".zsh_history": Settings, ".sh_history": Settings, ".mysql_history": Settings, ".psql_history": Settings, ".python_history": Settings, ".irssi": Settings,
}

var keyFile = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?:^|/)config/(?:credentials/)?[a-z_]+\.key$`)
})

// StoreOf tells what a file is there to hold.
func StoreOf(name string) Store {
	base := strings.ToLower(path.Base(name))
	if s := byBase[base]; s != NoStore {
		return s
	}
	switch {
	case base == ".env" || strings.HasPrefix(base, ".env.") && !templateName(base), strings.HasSuffix(base, ".env") && !templateName(base):
		return Settings
	case strings.HasSuffix(strings.ToLower(name), ".docker/config.json"):
		return DockerAuth
	case keyFile().MatchString(name):
		return WholeKey
	case strings.HasSuffix(base, ".htpasswd") || strings.HasSuffix(base, ".pgpass"):
		return map[bool]Store{true: Passwd, false: PGPass}[strings.HasSuffix(base, ".htpasswd")]
	}
	return NoStore
}

func templateName(base string) bool {
	for _, w := range []string{"example", "sample", "template", "tmpl", "dist", "defaults", "test", "ci", "schema"} {
		if strings.Contains(base, "."+w) || strings.HasPrefix(base, w+".") {
			return true
		}
	}
	return false
}

// Counts reports whether every literal under a secret's name counts in such a
// file, even one that looks like nothing.
func (s Store) Counts() bool {
	return s == Settings || s == Client || s == Netrc || s == NPM || s == WordPress
}

// Lines reads the files that have a form of their own, by lines.
func (s Store) Lines(text string) []Value {
	if s == WholeKey {
		from, to := 0, len(text)
		for to > 0 && (text[to-1] == '\n' || text[to-1] == '\r') {
			to--
		}
		if to < 16 || to > 512 || strings.ContainsAny(text[:to], " \n\t") {
			return nil
		}
		return []Value{{Name: "master key", From: from, To: to, Form: "whole"}}
	}
	var read func(string, int) (Value, bool)
	switch s {
	case PGPass:
		read = pgpass
	case Passwd:
		read = passwd
	case URLs:
		read = address
	case Netrc:
		read = netrc
	case Firefox:
		read = firefox
	default:
		return nil
	}
	var out []Value
	for at := 0; at < len(text) && len(out) < maxPerFile; {
		end := lineEnd(text, at)
		line := strings.TrimRight(text[at:end], "\r")
		if v, ok := read(line, at); ok && len(line) < maxValue && line[0] != '#' {
			v.Form = "line"
			out = append(out, v)
		}
		at = end + 1
	}
	return out
}

// maxPerFile bounds the values of one file that one reader returns.
const maxPerFile = 500

func pgpass(line string, at int) (Value, bool) {
	n := 0
	for i := 0; i < len(line); i++ {
		switch {
		case line[i] == '\\':
			i++
		case line[i] == ':':
			if n++; n == 4 && i+1 < len(line) {
				return Value{Name: "password", From: at + i + 1, To: at + len(line), At: at}, true
			}
		}
	}
	return Value{}, false
}

// passwd reads "user:hash" and what may follow.
func passwd(line string, at int) (Value, bool) {
	user, rest, ok := strings.Cut(line, ":")
	hash, _, _ := strings.Cut(rest, ":")
	if !ok || user == "" || len(hash) < 8 || strings.ContainsAny(line[:min(len(line), len(user)+len(hash))], " <>\"") {
		return Value{}, false
	}
	from := at + len(user) + 1
	return Value{Name: "password_hash", From: from, To: from + len(hash), At: at}, true
}

// address reads "https://user:password@host", where the last @ ends the
// password, or "id:secret".
func address(line string, at int) (Value, bool) {
	i := strings.Index(line, "://") + 3
	if i < 3 {
		i = 0
	}
	end := strings.LastIndexByte(line, '@')
	if end < i {
		end = len(line)
	}
	colon := strings.IndexByte(line[i:end], ':')
	if colon < 0 || end-(i+colon) < 4 {
		return Value{}, false
	}
	return Value{Name: "password", From: at + i + colon + 1, To: at + end, At: at + i}, true
}

func netrc(line string, at int) (Value, bool) {
	i := strings.Index(line, "password")
	if i < 0 {
		return Value{}, false
	}
	from := skipBlanks(line, i+len("password"))
	to := from
	for to < len(line) && line[to] != ' ' && line[to] != '\t' {
		to++
	}
	return Value{Name: "password", From: at + from, To: at + to, At: at + i}, to > from
}

// firefox reads the sealed names and passwords of logins.json, which open with
// the key file beside it.
func firefox(line string, at int) (Value, bool) {
	for _, name := range []string{`"encryptedPassword"`, `"encryptedUsername"`} {
		if i := strings.Index(line, name); i >= 0 {
			j := skipBlanks(line, i+len(name))
			if j >= len(line) || line[j] != ':' {
				return Value{}, false
			}
			if j = skipBlanks(line, j+1); j < len(line) && line[j] == '"' {
				from, to, ok := quoted(line, j)
				return Value{Name: strings.Trim(name, `"`), From: at + from, To: at + to, At: at + i}, ok && to-from > 20
			}
		}
	}
	return Value{}, false
}
