package postgres

import (
	"database/sql"
	"fmt"
	"testing"
)

// Database is one test's own database.
type Database struct {
	Name    string
	cluster *Cluster
}

// URL returns its address for a role.
func (d Database) URL(role string) string { return d.cluster.URL(role, d.Name) }

// Empty makes an empty database that belongs to Owner. It goes with the test.
func (c *Cluster) Empty(t testing.TB) Database { return c.create(t, "") }

// Copy makes a database like the template that prepare makes when the process
// first asks for one of that name. It goes with the test.
func (c *Cluster) Copy(t testing.TB, template string, prepare func(owner string) error) Database {
	t.Helper()
	if err := c.template(template, prepare); err != nil {
		t.Fatalf("preparing the database %s: %v", template, err)
	}
	return c.create(t, " TEMPLATE "+template)
}

// Make makes a database of that name, for measurements outside of a test. It
// goes with the server.
func (c *Cluster) Make(name string, prepare func(owner string) error) error {
	return c.template(name, prepare)
}

// template makes a template once.
func (c *Cluster) template(name string, prepare func(owner string) error) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	err, made := c.made[name]
	if made {
		return err
	}
	if err = c.exec("postgres", "CREATE DATABASE "+name+" OWNER "+Owner); err == nil {
		err = prepare(c.URL(Owner, name))
	}
	c.made[name] = err
	return err
}

func (c *Cluster) create(t testing.TB, from string) Database {
	t.Helper()
	c.mu.Lock()
	c.next++
	name := fmt.Sprintf("test_%d", c.next)
	c.mu.Unlock()
	if err := c.exec("postgres", "CREATE DATABASE "+name+" OWNER "+Owner+from); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.exec("postgres", "DROP DATABASE "+name+" WITH (FORCE)"); err != nil {
			t.Error(err)
		}
	})
	return Database{name, c}
}

// Cut ends all connections to a database, as a network that fails would.
func (c *Cluster) Cut(d Database) error { return c.EndConnections(d.Name) }

// Connections counts the connections to a database.
func (c *Cluster) Connections(d Database) (n int, err error) {
	db, err := sql.Open("pgx", c.URL(Superuser, "postgres"))
	if err != nil {
		return 0, err
	}
	defer db.Close()
	err = db.QueryRow("SELECT count(*) FROM pg_stat_activity WHERE datname = $1", d.Name).Scan(&n)
	return n, err
}
