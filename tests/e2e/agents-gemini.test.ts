import { agentTests } from '../clis/agent-tests.ts';

agentTests('gemini');
