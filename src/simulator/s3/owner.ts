/** Who owns every bucket and object of the simulator. */
export const OWNER = { ID: '0'.repeat(64), DisplayName: 'simulator' };
