package core

// SagaState is where a multi-step act is.
type SagaState string

// The states of a saga.
const (
	SagaRunning SagaState = "running"
	SagaDone    SagaState = "done"
	SagaFailed  SagaState = "failed"
)

// Saga is a multi-step act that survives a crash (promise 8): Kind and Key make
// it happen once, Step counts the steps that are done, Data is JSON that the
// steps share.
type Saga struct {
	ID       ID
	Kind     string
	Key      string
	AppID    ID
	State    SagaState
	Step     int
	Data     []byte
	Problem  string // why it failed or waits, in plain words
	Attempts int    // of the present step
	Actor    Actor
	Grant    ID // the grant under which it was begun; empty for none
	Created  int64
	Updated  int64
}
