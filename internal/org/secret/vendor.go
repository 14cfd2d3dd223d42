package secret

import (
	"context"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
)

// ForVendor gives the egress gateway what it adds to a call of the app to the
// vendor: the value, the header it goes in and the text before it. The lease is
// read at every call, so a revoked or ended one gives nothing at once. A vendor
// without a credential gives an empty secret and no error.
//
// Errors: Forbidden when the app holds no lease in force, NotFound when the
// secret was deleted, Invalid when the value cannot be a header, Unreadable when
// it was sealed by another keyring.
func (s *Service) ForVendor(ctx context.Context, app core.ID, vendor core.Vendor) (value core.Secret, header, prefix string, err error) {
	if vendor.Credential == "" {
		return core.Secret{}, "", "", nil
	}
	now := s.o.Clock.Now()
	_, ok, err := s.inForce(ctx, app, vendor.Credential, now)
	if err != nil {
		return core.Secret{}, "", "", err
	}
	if !ok {
		return core.Secret{}, "", "", core.Errorf(core.Forbidden, "The app may not use the key for %s now.", vendor.Name).
			Hinted("Deploy the app again, or ask the platform team.")
	}
	sealed, _, err := s.o.Store.Sealed(ctx, vendor.Credential)
	if err != nil {
		return core.Secret{}, "", "", err
	}
	value, err = s.o.Sealer.Unseal(purpose(vendor.Credential), sealed)
	if err != nil {
		return core.Secret{}, "", "", err
	}
	if header, prefix, err = place(vendor, value); err != nil {
		return core.Secret{}, "", "", err
	}
	s.uses.count(app, vendor.Credential, core.Stamp(now))
	return value, header, prefix, nil
}

// place says where the value goes, and refuses one that would break the header.
func place(v core.Vendor, value core.Secret) (header, prefix string, err error) {
	header, prefix = v.CredentialHeader, v.CredentialPrefix
	if header == "" {
		header = "Authorization"
		if prefix == "" {
			prefix = "Bearer "
		}
	}
	for _, b := range value.Open() {
		if b < 0x20 || b == 0x7f {
			return "", "", core.Errorf(core.Invalid, "The key for %s has a line break or another control character.", v.Name).
				Hinted("Enter the secret %s again, as one line.", v.Credential)
		}
	}
	if strings.ContainsAny(header+prefix, "\r\n\x00") {
		return "", "", core.Errorf(core.Invalid, "The header of vendor %s has a line break.", v.Name).
			Hinted("Correct credential_header in the vendor's file.")
	}
	return header, prefix, nil
}

// ForPlatform gives Paddock itself a secret that its settings name, such as the
// key of a place for copies of the log; no app gets it this way. Errors: NotFound,
// Unreadable when it was sealed by another keyring.
func (s *Service) ForPlatform(ctx context.Context, name string) (core.Secret, error) {
	sealed, _, err := s.o.Store.Sealed(ctx, name)
	if err != nil {
		return core.Secret{}, err
	}
	return s.o.Sealer.Unseal(purpose(name), sealed)
}
