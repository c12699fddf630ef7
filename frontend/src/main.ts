import { createPinia } from 'pinia';
import { createApp } from 'vue';
import App from './App.vue';
import { i18n } from './i18n';
import { router } from './router';
import { useJobs } from './stores/jobs';
import { usePreferences } from './stores/preferences';
import { useSession } from './stores/session';
import './theme/tokens.css';
import './theme/app.css';
import './theme/player.css';
import './theme/print.css';
import './theme/paper.css';

const app = createApp(App).use(createPinia()).use(i18n);

usePreferences();
const session = useSession();
session.listen();
useJobs().listen();

// The router's first guard asks who sits here, so that must be known before.
session
  .refresh()
  .catch(() => undefined)
  .finally(() => app.use(router).mount('#app'));
