import { writeFileSync } from 'node:fs';
import { faultPage } from './fault-page.ts';

writeFileSync('docs/faults.md', faultPage());
