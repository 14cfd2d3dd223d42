package cli

// LogPlace is where an audit log lies that a command reads without a server.
type LogPlace struct {
	Data     string // the data folder
	Database string // address of PostgreSQL; "" for the folder's own
	Key      string // the log's verifier key; "" for the one in the folder
}

// logFlags say where the log is.
type logFlags struct {
	Data string `help:"The server's data folder; the server may run." default:"paddock-data" env:"PADDOCK_DATA"`
	Database
	Server
}

func (f logFlags) place(std IO, key string) (LogPlace, error) {
	database, err := f.Database.Address(std.path)
	return LogPlace{Data: std.path(f.Data), Database: database, Key: key}, err
}

// asks reports whether a running server is to be asked.
func (f logFlags) asks() bool { return f.Server.Server != "" }
