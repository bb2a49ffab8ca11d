/** What stands behind the sign-in, loaded while nobody waits for it. */
export { default as Sell } from './cart/Sell.svelte';
export { default as Devices } from './devices/Devices.svelte';
export { default as Journal } from './journal/Journal.svelte';
export { default as SaleDone } from './orders/SaleDone.svelte';
export { default as People } from './operators/People.svelte';
export { default as Pay } from './payments/Pay.svelte';
export { default as Reports } from './reports/Reports.svelte';
export { default as Catalogue } from './products/Catalogue.svelte';
export { default as Return } from './returns/Return.svelte';
export { default as ReturnDone } from './returns/ReturnDone.svelte';
export { refunding } from './returns/refunding.svelte';
export { default as Settings } from './settings/Settings.svelte';
export { default as CloseShift } from './shift/CloseShift.svelte';
export { default as HandedOver } from './shift/HandedOver.svelte';
export { default as HandOver } from './shift/HandOver.svelte';
export { handingOver } from './shift/handing-over.svelte';
export { default as OpenShift } from './shift/OpenShift.svelte';
export { default as ZTaken } from './shift/ZTaken.svelte';
