package catalog

// CheckSealsIn is checkSeals, to look into a transaction that is undone.
var CheckSealsIn = checkSeals
