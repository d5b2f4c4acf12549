import './styles/index.css';
import { render } from 'preact';
import { App } from './app.js';
import { startRouting } from './state/route.js';
import { start } from './state/session.js';
import { startTheme } from './state/theme.js';

const root = document.getElementById('app');
if (!root) throw new Error('The page has no element #app.');

// A page restored from the back/forward cache has left its call: start again.
addEventListener('pageshow', ({ persisted }) => persisted && location.reload());

startTheme();
startRouting();
void start();
render(<App />, root);
