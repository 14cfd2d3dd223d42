package cli

import "github.com/paddock-dev/paddock/internal/life/check/outside"

// otherTools reads the SARIF files of other tools. Errors: those of readFile and
// outside.Read.
func otherTools(std IO, files []string) ([]*outside.Log, error) {
	logs := make([]*outside.Log, 0, len(files))
	for _, name := range files {
		data, err := readFile(std, name, outside.MaxSize)
		if err != nil {
			return nil, err
		}
		l, err := outside.Read(name, data)
		if err != nil {
			return nil, err
		}
		logs = append(logs, l)
	}
	return logs, nil
}
