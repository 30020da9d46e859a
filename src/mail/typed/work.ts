// The types that carry a task from its assignment to its merge. Where AgentOps has the type, the labels are its own.
import { attempt, command, fromAnyone, fromLead, type TypeSpec } from './spec.ts';

const partial = { 'Partial Progress': { Commit: 'commit', Files: 'files' } } as const;
const offering = {
  sender: 'anyone',
  main: 'summary',
  lines: attempt,
  constant: { Status: 'DONE' },
  sections: {
    Changes: { Commit: 'commit', Files: 'files' },
    'Self-Validation': {
      Tests: 'tests',
      'Tests detail': 'tests_detail',
      Lint: 'lint',
      'Lint detail': 'lint_detail',
      Build: 'build',
      'Build detail': 'build_detail',
    },
    Summary: 'summary',
    'Test Output': 'output',
  },
} as const;

export const workTypes = {
  // Work
  TASK_ASSIGNED: {
    ...command,
    required: ['task', 'attempt'],
    lines: { ...attempt, Title: 'title' },
    sections: { Description: 'description', Files: 'files', Validation: 'validation' },
  },
  BEAD_ACCEPTED: {
    ...fromAnyone,
    required: ['task'],
    lines: {
      'Accepted bead': 'task',
      Title: 'title',
      'Starting implementation at': 'started',
      Attempt: 'attempt',
    },
    sections: {},
  },
  PROGRESS: {
    ...fromAnyone,
    required: ['task', 'step'],
    main: 'step',
    lines: { ...attempt, Step: 'step', Status: 'status', 'Context usage': 'context', 'Files touched': 'files' },
    sections: {},
  },
  CHECKPOINT: {
    ...fromAnyone,
    required: ['task', 'checkpoint_reason', 'next_steps'],
    main: 'next_steps',
    lines: { ...attempt, Reason: 'checkpoint_reason' },
    sections: {
      Progress: { Commit: 'commit', Description: 'description', 'Context usage': 'context' },
      'Next Steps for Successor': 'next_steps',
    },
  },
  // Finish
  OFFERING_READY: { ...offering, ackSeconds: 300, required: ['task', 'commit', 'files'] },
  DONE: { ...offering, ackSeconds: null, required: ['task', 'summary'] },
  FAILED: {
    ...fromAnyone,
    required: ['task', 'failure', 'reason'],
    main: 'reason',
    lines: attempt,
    constant: { Status: 'FAILED' },
    sections: {
      Failure: { Type: 'failure', Reason: 'reason', 'Internal Attempts': 'attempts' },
      ...partial,
      Recommendation: 'recommendation',
      'Test Output': 'output',
    },
  },
  BLOCKED: {
    ...fromAnyone,
    required: ['task', 'reason'],
    main: 'reason',
    lines: attempt,
    constant: { Status: 'BLOCKED' },
    sections: { Reason: 'reason', 'What I Tried': 'tried', ...partial, Recommendation: 'recommendation' },
  },
  SCOPE_ESCAPE: {
    ...fromAnyone,
    required: ['task', 'files', 'reason'],
    main: 'reason',
    lines: { ...attempt, Status: 'escape' },
    sections: {
      'Files Needed': 'files',
      Reason: 'reason',
      'What I Tried': 'tried',
      'Next Step': 'next_steps',
      Evidence: 'evidence',
    },
  },
  // Verdict
  OFFERING_ACCEPTED: {
    ...command,
    required: ['task'],
    main: 'summary',
    lines: { ...attempt, Commit: 'commit' },
    sections: { Summary: 'summary' },
  },
  RETRY_REQUIRED: {
    ...command,
    required: ['task', 'attempt', 'fix'],
    main: 'fix',
    lines: { ...attempt, 'Failed check': 'check' },
    sections: { 'Required Fix': 'fix', 'Test Output': 'output' },
  },
  MERGED: { ...fromLead, required: ['task', 'commit'], lines: { ...attempt, Commit: 'commit' }, sections: {} },
  MERGE_CONFLICT: {
    ...fromLead,
    required: ['task', 'files'],
    lines: { ...attempt, Commit: 'commit' },
    sections: { 'Conflicting Files': 'files', 'Required Fix': 'fix', Output: 'output' },
  },
  // Spawn
  SPAWN_REQUEST: {
    sender: 'anyone',
    ackSeconds: 120,
    required: ['task', 'resume'],
    lines: { Issue: 'task', Resume: 'resume', Checkpoint: 'checkpoint', Orchestrator: 'orchestrator' },
    sections: {},
  },
  SPAWN_ACK: {
    ...fromAnyone,
    required: ['task', 'outcome'],
    lines: { Issue: 'task', Status: 'outcome', Session: 'session' },
    sections: { Reason: 'reason' },
  },
} as const satisfies Readonly<Record<string, TypeSpec>>;
