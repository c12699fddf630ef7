package accounts

import (
	"slices"
	"strings"
)

// Role is a duty a person holds.
type Role string

// The eleven duties of a bureau, in the order of the table's columns.
const (
	Handler               Role = "officer"    // 承办人
	Archivist             Role = "archivist"  // 档案员
	Reviewer              Role = "reviewer"   // 评查人
	DisclosureOfficer     Role = "disclosure" // 公开办理人
	Checker               Role = "checker"    // 复核人
	SecrecyReviewer       Role = "secrecy"    // 保密审查人
	HeadOfAgency          Role = "head"       // 机关负责人
	Supervisor            Role = "supervisor" // 监督人员
	SystemAdministrator   Role = "sysadmin"   // 系统管理员
	SecurityAdministrator Role = "secadmin"   // 安全保密管理员
	SecurityAuditor       Role = "auditor"    // 安全审计员
)

// Roles returns all roles in the order of the table's columns.
func Roles() []Role {
	return []Role{
		Handler, Archivist, Reviewer, DisclosureOfficer, Checker, SecrecyReviewer, HeadOfAgency, Supervisor,
		SystemAdministrator, SecurityAdministrator, SecurityAuditor,
	}
}

// Administrative reports whether r is one of the three administrators, who
// see no business content and hold no business role.
func (r Role) Administrative() bool {
	return r == SystemAdministrator || r == SecurityAdministrator || r == SecurityAuditor
}

// Permission is an act the table knows.
type Permission string

// The acts.
const (
	Receive         Permission = "receive"           // hand in a recording, explain
	Ingest          Permission = "store"             // store into the vault
	Describe        Permission = "describe"          // describe, arrange
	Search          Permission = "search"            //
	View            Permission = "view"              // see pictures and pages, hear sound; logged, with purpose
	Annotate        Permission = "annotate"          // put a note at a frame or page
	Review          Permission = "review"            // review sheet, findings
	PlanReview      Permission = "plan"              // draw up and hand out the review plan
	Rectify         Permission = "rectify"           //
	Redact          Permission = "redact"            // make masks, submit a copy
	CheckRedaction  Permission = "check"             // check all of a copy
	SecrecyReview   Permission = "secrecy"           //
	Approve         Permission = "approve"           // approve a release
	Release         Permission = "release"           // deliver an approved copy
	AccountCreate   Permission = "account-create"    //
	RoleGrant       Permission = "role-grant"        //
	LogRead         Permission = "log-read"          // all entries
	LogReadBusiness Permission = "log-read-business" // entries of business accounts
	LogReadOwn      Permission = "log-read-own"      // one's own entries
	LogVerify       Permission = "log-verify"        // in the window; the command line needs no sign-in
	Fixity          Permission = "fixity"            //
	Backup          Permission = "backup"            //
	RegisterPrint   Permission = "register-print"    // see and print the whole register of viewings
	Authorise       Permission = "authorise"         // allow an exception in writing
	PasswordReset   Permission = "password-reset"    // give a one-time password
	ResetConfirm    Permission = "reset-confirm"     // confirm another administrator's reset
	Isolate         Permission = "isolate"           // keep a record apart as a suspected state secret
	TakeOutRequest  Permission = "take-out-request"  // ask that it leaves this workstation
	TakeOutConfirm  Permission = "take-out-confirm"  // let it leave; never the one who asked
	Appraise        Permission = "appraise"          // judge what has outlived its retention, register its disposal
	AppraiseApprove Permission = "appraise-approve"  // approve that judgement
	Hold            Permission = "hold"              // keep a case from being disposed of
)

// Grant is how far a role may do an act.
type Grant byte

// The grants, as they stand in the table.
const (
	Never    Grant = '-'
	May      Grant = 'M'
	Task     Grant = 'T' // within the cases and tasks handed to the person
	Own      Grant = 'o' // only what is the person's own
	Approved Grant = 'a' // only with an approval for the occasion
	Read     Grant = 'r' // see the outcome, not do it
)

// rule is a row of the table.
type rule struct {
	permission Permission
	basis      string // article, refusal row (law-and-features.md §5) or separation
	grants     string // a Grant for each of Roles
}

// BasisSeparation is the basis of what is refused because the three
// administrators and the business are kept apart (三员分立).
const BasisSeparation = "R10"

// table says who may do what (law-and-features.md §14). It is the one place:
// each face is held against it.
func table() []rule {
	return []rule{
		//                        承档审公核密首监系安计
		{Receive, "S17.2", "MM---------"},
		{Ingest, "S17.2", "-M---------"},
		{Describe, "S17.3", "-M---------"},
		{Search, "S6", "oMMMooMa---"},
		{View, "S6", "oMTTTTMa---"},
		{Annotate, "S19", "-MMMMMM----"},
		{Review, "S19", "--M---rr---"},
		{PlanReview, "S19", "--M---M---r"},
		{Rectify, "S19", "o-M---rr---"},
		{Redact, "S20.2", "---M-------"},
		{CheckRedaction, "R5", "----M------"},
		{SecrecyReview, "S18.2", "-----M-----"},
		{Approve, "S18.1", "------M----"},
		{Release, "S20.2", "-M-M-------"},
		{AccountCreate, BasisSeparation, "--------M--"},
		{RoleGrant, BasisSeparation, "---------M-"},
		{LogRead, BasisSeparation, "----------M"},
		{LogReadBusiness, BasisSeparation, "---------MM"},
		{LogReadOwn, BasisSeparation, "-MMMMMM---M"},
		{LogVerify, BasisSeparation, "----------M"},
		{Fixity, "S6", "-M--------r"},
		{Backup, "S6", "-M------M-r"},
		{RegisterPrint, "S19", "------M---M"},
		{Authorise, "S18.1", "------M----"},
		{PasswordReset, BasisSeparation, "--------MM-"},
		{ResetConfirm, BasisSeparation, "--------MMM"},
		{Isolate, "R1", "-MMMMMM----"},
		{TakeOutRequest, "R1", "-M---MM--M-"},
		{TakeOutConfirm, "R1", "------M--M-"},
		{Appraise, "S20.1", "-M--------r"},
		{AppraiseApprove, "S20.1", "------M----"},
		{Hold, "S20.1", "-M----M---r"},
	}
}

// Permissions returns all acts in the order of the table.
func Permissions() []Permission {
	var all []Permission
	for _, r := range table() {
		all = append(all, r.permission)
	}
	return all
}

// Rule is a row of the table: who may do one act, and what its refusal rests on.
type Rule struct {
	Permission Permission
	Basis      string
	Grants     map[Role]Grant
}

// Table returns the whole table, row by row: a test of a face walks it, so
// that no act and no role is forgotten.
func Table() []Rule {
	all := make([]Rule, 0, len(table()))
	for _, r := range table() {
		grants := map[Role]Grant{}
		for i, role := range Roles() {
			grants[role] = Grant(r.grants[i])
		}
		all = append(all, Rule{r.permission, r.basis, grants})
	}
	return all
}

// Holders returns the roles that may do p, be it within tasks, in the order of
// the table.
func Holders(p Permission) []Role {
	return slices.DeleteFunc(Roles(), func(r Role) bool { g := GrantOf(r, p); return g != May && g != Task })
}

// GrantOf returns what the table gives a role for an act, Never for a role or
// act it does not know.
func GrantOf(role Role, p Permission) Grant {
	column := slices.Index(Roles(), role)
	if column < 0 {
		return Never
	}
	for _, r := range table() {
		if r.permission == p {
			return Grant(r.grants[column])
		}
	}
	return Never
}

// basisOf returns what a refusal of p to somebody with these roles rests on.
func basisOf(p Permission, roles []Role) string {
	if slices.ContainsFunc(roles, Role.Administrative) {
		return BasisSeparation
	}
	for _, r := range table() {
		if r.permission == p {
			return r.basis
		}
	}
	return BasisSeparation
}

// checkRoles returns the roles in order and once each, or why one person
// cannot hold them: the three administrators are different people and hold no
// business role; business roles may be joined in a small bureau (that nobody
// checks or approves his own copy is the rule of disclosure).
func checkRoles(roles []Role) ([]Role, error) {
	if len(roles) == 0 {
		return nil, ErrBadAccount.With("field", "roles")
	}
	for _, r := range roles {
		if !slices.Contains(Roles(), r) {
			return nil, ErrBadAccount.With("field", "roles", "role", string(r))
		}
	}
	once := slices.DeleteFunc(Roles(), func(r Role) bool { return !slices.Contains(roles, r) })
	for _, r := range once {
		if !r.Administrative() {
			continue
		}
		for _, other := range once {
			if other != r {
				return nil, ErrExclusive.With("role", string(r), "other", string(other), "basis", BasisSeparation)
			}
		}
	}
	return once, nil
}

// joined writes roles for a log entry.
func joined(roles []Role) string {
	names := make([]string, len(roles))
	for i, r := range roles {
		names[i] = string(r)
	}
	return strings.Join(names, " ")
}
