// Package objectstore puts copies of checkpoints into an S3-compatible object
// store: <prefix>/<log>/checkpoint-<size>.txt, written only where nothing is yet,
// and locked for as long as the settings say (S3 Object Lock, compliance mode),
// so that not even the owner of the account can take it away before.
package objectstore

import (
	"context"
	"errors"
	"io"
	"net/url"
	"path"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"github.com/paddock-dev/paddock/internal/adapter/copies"
	"github.com/paddock-dev/paddock/internal/core"
)

// Bucket is where objects go.
type Bucket struct {
	URL       string // https://HOST/BUCKET/PREFIX
	Region    string // "" lets the store say
	AccessKey string
	Key       core.Secret
	Retain    time.Duration // 0 for no lock
}

// maxNote bounds a checkpoint that is read back.
const maxNote = 64 << 10

// Put writes the object. at is now. Errors: Conflict, Unavailable.
func Put(ctx context.Context, b Bucket, origin string, size int64, note string, at time.Time) error {
	client, bucket, prefix, err := b.open()
	if err != nil {
		return err
	}
	name := path.Join(prefix, copies.Dir(origin), copies.Name(size)+".txt")
	o := minio.PutObjectOptions{ContentType: "text/plain; charset=utf-8", DisableMultipart: true, SendContentMd5: true}
	o.SetMatchETagExcept("*")
	if b.Retain > 0 {
		o.Mode, o.RetainUntilDate = minio.Compliance, at.Add(b.Retain).UTC()
	}
	_, err = client.PutObject(ctx, bucket, name, strings.NewReader(note), int64(len(note)), o)
	if err == nil {
		return nil
	}
	if e := minio.ToErrorResponse(err); e.Code != minio.PreconditionFailed && e.StatusCode != 412 && e.StatusCode != 409 {
		return failed(err)
	}
	have, err := read(ctx, client, bucket, name)
	switch {
	case err != nil:
		return failed(err)
	case have != note:
		return copies.Differs(size)
	}
	return nil
}

// Read returns the checkpoint of one size.
func Read(ctx context.Context, b Bucket, origin string, size int64) (string, error) {
	client, bucket, prefix, err := b.open()
	if err != nil {
		return "", err
	}
	note, err := read(ctx, client, bucket, path.Join(prefix, copies.Dir(origin), copies.Name(size)+".txt"))
	if err != nil {
		return "", failed(err)
	}
	return note, nil
}

func read(ctx context.Context, client *minio.Client, bucket, name string) (string, error) {
	o, err := client.GetObject(ctx, bucket, name, minio.GetObjectOptions{})
	if err != nil {
		return "", err
	}
	defer o.Close()
	b, err := io.ReadAll(io.LimitReader(o, maxNote))
	return string(b), err
}

func (b Bucket) open() (client *minio.Client, bucket, prefix string, err error) {
	u, err := url.Parse(b.URL)
	if err != nil {
		return nil, "", "", failed(err)
	}
	bucket, prefix, _ = strings.Cut(strings.Trim(u.Path, "/"), "/")
	client, err = minio.New(u.Host, &minio.Options{Creds: credentials.NewStaticV4(b.AccessKey, string(b.Key.Open()), ""), Secure: u.Scheme == "https",
		Region: b.Region, BucketLookup: minio.BucketLookupPath, MaxRetries: 1})
	if err != nil {
		return nil, "", "", failed(err)
	}
	return client, bucket, prefix, nil
}

// failed says in a few words why; the store's own words are for the log.
func failed(err error) error {
	why := "it cannot be reached"
	switch e := minio.ToErrorResponse(err); {
	case errors.Is(err, context.DeadlineExceeded):
		why = "it does not answer in time"
	case e.Code == minio.NoSuchBucket:
		why = "there is no such bucket"
	case e.StatusCode == 401 || e.StatusCode == 403:
		why = "it does not accept the key"
	case e.StatusCode >= 400 && e.Code != "":
		why = "it answers " + e.Code
	}
	return &core.Error{Code: core.Unavailable, Msg: "The object store takes no copy: " + why + ".", Hint: "Look at its address, the key and, with retain_days, whether the bucket has Object Lock.", Err: err}
}
