// Where one may go. Guards only spare a person a refusal: the backend decides.
import { createRouter, createWebHashHistory, type RouteRecordRaw } from 'vue-router';
import { useSession } from '@/stores/session';

declare module 'vue-router' {
  interface RouteMeta {
    /** Any one of these permissions opens the view; none means every signed-in account. */
    any?: string[];
    /** Shown without the frame of top bar and rail, and without sign-in. */
    open?: boolean;
    /** Rail entry that lights up. */
    rail?: string;
    /** Message key of the crumb. */
    title?: string;
    /** The view fills the main area itself. */
    full?: boolean;
  }
}

export const logRights = ['log-read', 'log-read-business', 'log-read-own', 'log-verify'];
/** The screens of keeping and who sees each; the auditor (log-read) sees all. */
export const custodyRights = {
  fixity: ['fixity', 'approve', 'log-read'],
  backup: ['backup', 'log-read'],
  retention: ['appraise', 'appraise-approve', 'hold', 'log-read'],
  isolation: ['take-out-request', 'take-out-confirm', 'secrecy', 'log-read'],
};
export const copyRights = ['redact', 'check', 'secrecy', 'approve', 'release'];

const routes: RouteRecordRaw[] = [
  {
    path: '/login',
    name: 'login',
    component: () => import('@/views/login/LoginView.vue'),
    meta: { open: true },
  },
  {
    path: '/first-run',
    name: 'firstrun',
    component: () => import('@/views/firstrun/FirstRunView.vue'),
    meta: { open: true },
  },
  {
    path: '/',
    name: 'home',
    component: () => import('@/views/home/HomeView.vue'),
    meta: { rail: 'home', title: 'nav.home' },
  },
  {
    path: '/search',
    name: 'search',
    component: () => import('@/views/search/SearchView.vue'),
    meta: { rail: 'search', title: 'nav.search', any: ['search'], full: true },
  },
  {
    path: '/search/list',
    name: 'search-list',
    component: () => import('@/views/search/ListSearchView.vue'),
    meta: { rail: 'search', title: 'search.list.title', any: ['search'], full: true },
  },
  {
    path: '/cases',
    name: 'cases',
    component: () => import('@/views/casefile/CasesView.vue'),
    meta: { rail: 'cases', title: 'nav.cases', any: ['search', 'view', 'describe'] },
  },
  {
    path: '/cases/:id',
    name: 'case',
    component: () => import('@/views/casefile/CaseView.vue'),
    meta: { rail: 'cases', title: 'nav.cases', any: ['search', 'view', 'describe'], full: true },
  },
  {
    path: '/records/:id/life',
    name: 'life',
    component: () => import('@/views/casefile/LifeView.vue'),
    meta: { rail: 'cases', title: 'nav.cases', any: ['search'], full: true },
  },
  {
    path: '/viewing/:id',
    name: 'viewing',
    component: () => import('@/views/viewing/ViewingView.vue'),
    meta: { rail: 'cases', title: 'nav.viewing', any: ['view'], full: true },
  },
  {
    path: '/redaction/:id',
    name: 'redaction',
    component: () => import('@/views/redaction/RedactionView.vue'),
    meta: { rail: 'copies', title: 'nav.redaction', any: ['redact'], full: true },
  },
  {
    path: '/copies',
    name: 'copies',
    component: () => import('@/views/disclosure/CopiesView.vue'),
    meta: { rail: 'copies', title: 'nav.copies', any: copyRights },
  },
  {
    path: '/copies/:id',
    name: 'copy',
    component: () => import('@/views/disclosure/CopyView.vue'),
    meta: { rail: 'copies', title: 'nav.copies', any: copyRights, full: true },
  },
  {
    path: '/ingest',
    name: 'ingest',
    component: () => import('@/views/ingest/IngestView.vue'),
    meta: { rail: 'ingest', title: 'nav.ingest', any: ['store'] },
  },
  {
    path: '/texts',
    name: 'texts',
    component: () => import('@/views/ingest/TextsView.vue'),
    meta: { rail: 'ingest', title: 'texts.title', any: ['store'] },
  },
  {
    path: '/register',
    name: 'register',
    component: () => import('@/views/audit/RegisterView.vue'),
    meta: { rail: 'register', title: 'nav.register', any: logRights },
  },
  {
    path: '/register/paper',
    name: 'register-paper',
    component: () => import('@/views/audit/RegisterPaperView.vue'),
    meta: { rail: 'register', title: 'nav.register', any: ['register-print'], full: true },
  },
  {
    path: '/log',
    name: 'log',
    component: () => import('@/views/audit/LogView.vue'),
    meta: { rail: 'register', title: 'nav.log', any: logRights },
  },
  {
    path: '/log/paper',
    name: 'log-paper',
    component: () => import('@/views/audit/LogPaperView.vue'),
    meta: { rail: 'register', title: 'nav.log', any: ['log-read', 'log-read-business'], full: true },
  },
  {
    path: '/custody',
    name: 'custody',
    redirect: () => {
      const session = useSession();
      const open = Object.entries(custodyRights).find(([, rights]) => session.mayAny(...rights));
      return { name: open ? 'custody-' + open[0] : 'home' };
    },
  },
  {
    path: '/custody/fixity',
    name: 'custody-fixity',
    component: () => import('@/views/custody/FixityView.vue'),
    meta: { rail: 'custody', title: 'nav.custody', any: custodyRights.fixity },
  },
  {
    path: '/custody/backup',
    name: 'custody-backup',
    component: () => import('@/views/custody/BackupView.vue'),
    meta: { rail: 'custody', title: 'nav.custody', any: custodyRights.backup },
  },
  {
    path: '/custody/retention',
    name: 'custody-retention',
    component: () => import('@/views/custody/RetentionView.vue'),
    meta: { rail: 'custody', title: 'nav.custody', any: custodyRights.retention },
  },
  {
    path: '/custody/isolation',
    name: 'custody-isolation',
    component: () => import('@/views/custody/IsolationView.vue'),
    meta: { rail: 'custody', title: 'nav.custody', any: custodyRights.isolation },
  },
  {
    path: '/accounts',
    name: 'accounts',
    component: () => import('@/views/accounts/AccountsView.vue'),
    meta: {
      rail: 'accounts',
      title: 'nav.accounts',
      any: ['account-create', 'role-grant', 'reset-confirm', 'authorise'],
    },
  },
  {
    path: '/settings',
    name: 'settings',
    component: () => import('@/views/settings/SettingsView.vue'),
    meta: { rail: 'settings', title: 'nav.settings' },
  },
  { path: '/:rest(.*)*', redirect: { name: 'home' } },
];

export const router = createRouter({ history: createWebHashHistory(), routes });

router.beforeEach((to) => {
  const session = useSession();
  if (session.station?.state === 'none') return to.name === 'firstrun' || { name: 'firstrun' };
  if (!session.account) return to.name === 'login' || { name: 'login', query: wanted(to.fullPath) };
  if (to.meta.open) return { name: 'home' };
  if (to.meta.any && !session.mayAny(...to.meta.any)) return { name: 'home' };
  return true;
});

// Where a person was going before sign-in; the first screen needs no memory.
function wanted(path: string): Record<string, string> {
  return path === '/' || path.startsWith('/login') ? {} : { to: path };
}
