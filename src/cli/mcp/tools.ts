// The table of tools that agents get by MCP. At most ten: every one is in front of the model in every call.
import { leaseTools } from './lease-tools.ts';
import { mailTools } from './mail-tools.ts';
import type { Tool } from './tool.ts';

export const tools: readonly Tool[] = [...mailTools, ...leaseTools];
