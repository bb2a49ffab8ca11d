import { mount } from 'svelte';
import './base.css';
import Simulator from './devices/Simulator.svelte';
import './tokens.css';

mount(Simulator, { target: document.getElementById('app')! });
