package desktop

// What crosses the bridge about people.

// Account is a person's account.
type Account struct {
	ID         string   `json:"id"`
	Number     string   `json:"number"`
	Name       string   `json:"name"`
	Department string   `json:"department"`
	Roles      []string `json:"roles"`
	Locked     bool     `json:"locked"`
	Disabled   bool     `json:"disabled"`
	MustChange bool     `json:"mustChange"` // the password was given by somebody else
	Awaits     bool     `json:"awaits"`     // a reset waits for another administrator
}

// Shortage says that there are too few people for duties that different
// persons must hold.
type Shortage struct {
	Duties []string `json:"duties"`
	Vacant []string `json:"vacant"` // those of them that nobody holds
	Need   int      `json:"need"`   // different people
	Have   int      `json:"have"`
}

// NewAccount is what is typed to make an account.
type NewAccount struct {
	Number     string   `json:"number"`
	Name       string   `json:"name"`
	Department string   `json:"department"`
	Roles      []string `json:"roles"`
	Password   string   `json:"password"`
}
