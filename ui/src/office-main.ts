import { mount } from 'svelte';
import './base.css';
import Office from './office/Office.svelte';
import './tokens.css';

mount(Office, { target: document.getElementById('app')! });
