package seal

import (
	"crypto/ed25519"
	"crypto/rand"
	"io"
	"log/slog"

	"golang.org/x/mod/sumdb/note"

	"github.com/paddock-dev/paddock/internal/core"
)

// Keyring holds the installation's keys. It is safe for concurrent use, and it
// shows none of its keys when it is printed, logged or encoded.
//
// The keys stand behind a function, since fmt looks into unexported fields.
type Keyring struct {
	keys         func() keys
	installation string
	public       ed25519.PublicKey
	random       *source
	sealID       [keyIDSize]byte
	keyID        string
	publicPEM    string
	outsidePEM   string
	auditKey     string
	note         note.Signer
	witnessKey   string
}

// Open loads the keyring of dir, making dir (mode 0700) and the keys on first
// use. random is the source of keys and nonces; nil means crypto/rand.
//
// It returns a *core.Error of code Forbidden when others may read the keys,
// Unreadable when the file is torn or changed, and Conflict when the keys are
// gone while their public halves remain: new keys would make every sealed
// secret unreadable for ever, so that is for a person to decide.
func Open(dir string, random io.Reader) (*Keyring, error) {
	if random == nil {
		random = rand.Reader
	}
	src := &source{r: random}
	if err := prepare(dir); err != nil {
		return nil, err
	}
	k, err := loadOrCreate(dir, src)
	if err != nil {
		return nil, err
	}
	ring, err := assemble(k, src)
	if err != nil {
		return nil, core.Hidden("Reading the keyring", err)
	}
	if err := ring.publish(dir); err != nil {
		return nil, err
	}
	return ring, nil
}

func assemble(k keys, src *source) (*Keyring, error) {
	pub := signingKey(k).Public().(ed25519.PublicKey)
	r := &Keyring{keys: func() keys { return k }, installation: k.installation, public: pub, random: src}
	var err error
	if r.sealID, err = sealID(k.master); err != nil {
		return nil, err
	}
	if r.keyID, err = keyID(pub); err != nil {
		return nil, err
	}
	if r.publicPEM, err = publicPEM(pub); err != nil {
		return nil, err
	}
	outside, err := outsideKey(k.signing)
	if err != nil {
		return nil, err
	}
	if r.outsidePEM, err = publicPEM(outside.Public()); err != nil {
		return nil, err
	}
	if r.note, r.auditKey, err = noteSigner("paddock.local/"+k.installation, k.audit); err != nil {
		return nil, err
	}
	r.witnessKey = cosignerKey(r.witnessName(), k.witness)
	return r, nil
}

// Installation returns the random name of this installation, 16 hexadecimal
// digits. It is no secret.
func (k *Keyring) Installation() string { return k.installation }

// String returns "[keyring]".
func (Keyring) String() string { return "[keyring]" }

// GoString returns "[keyring]".
func (Keyring) GoString() string { return "[keyring]" }

// LogValue returns "[keyring]".
func (Keyring) LogValue() slog.Value { return slog.StringValue("[keyring]") }

// MarshalJSON returns "[keyring]" as a JSON string.
func (Keyring) MarshalJSON() ([]byte, error) { return []byte(`"[keyring]"`), nil }

func signingKey(k keys) ed25519.PrivateKey { return ed25519.NewKeyFromSeed(k.signing[:]) }
