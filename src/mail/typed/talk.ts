// The types of asking, steering and telling. Where AgentOps has the type, the labels are its own.
import { attempt, bead, command, fromAnyone, fromLead, type TypeSpec } from './spec.ts';

const stuck = { Problem: 'problem', 'What I Tried': 'tried', 'Files Touched': 'files', Question: 'question' } as const;
const order = { ...command, required: [], main: 'reason', lines: bead, sections: { Reason: 'reason' } } as const;
const lease = {
  ...fromLead,
  lines: { ...bead, Holder: 'holder', Until: 'until' },
  sections: { Paths: 'paths', Reason: 'reason', Recommendation: 'recommendation' },
} as const;
const notice = {
  ...fromLead,
  lines: { ...bead, Message: 'message', Recipient: 'recipient', Deadline: 'deadline' },
  sections: { Reason: 'reason', Problems: 'problems' },
} as const;
const presence = {
  ...fromLead,
  required: ['agent'],
  lines: { ...bead, Agent: 'agent', Role: 'role', Harness: 'harness' },
  sections: { Reason: 'reason' },
} as const;

export const talkTypes = {
  // Help
  HELP_REQUEST: {
    sender: 'anyone',
    ackSeconds: 120,
    required: ['task', 'issue_type', 'problem', 'tried', 'question'],
    main: 'problem',
    lines: { ...bead, 'Issue Type': 'issue_type' },
    sections: stuck,
  },
  HELP_RESPONSE: { ...fromAnyone, required: ['answer'], main: 'answer', lines: bead, sections: { Answer: 'answer' } },
  HELP_ROUTE: {
    ...fromAnyone,
    required: ['task', 'problem'],
    main: 'problem',
    lines: { ...bead, Worker: 'worker', 'Issue Type': 'issue_type' },
    sections: stuck,
  },
  GUIDANCE: {
    ...fromAnyone,
    required: ['guidance'],
    main: 'guidance',
    lines: bead,
    sections: { Guidance: 'guidance' },
  },
  // Control
  NUDGE: order,
  PAUSE: { ...order, lines: { ...bead, Until: 'until' } },
  RESUME: order,
  TERMINATE: { ...order, lines: { ...bead, 'Grace seconds': 'grace' } },
  HANDOFF: {
    ...command,
    required: ['task'],
    main: 'next_steps',
    lines: { ...attempt, Worker: 'worker', Commit: 'commit' },
    sections: { Description: 'description', 'Next Steps for Successor': 'next_steps' },
  },
  // Human
  QUESTION: {
    ...fromAnyone,
    required: ['question'],
    main: 'question',
    lines: { ...bead, Default: 'default', Deadline: 'deadline' },
    sections: { Question: 'question', Options: 'options' },
  },
  DECISION: {
    ...command,
    required: ['decision'],
    main: 'decision',
    lines: { ...bead, Decision: 'decision', By: 'by' },
    sections: { Question: 'question', Reason: 'reason' },
  },
  APPROVAL_REQUEST: {
    ...fromAnyone,
    required: ['digest', 'summary'],
    main: 'summary',
    lines: { ...attempt, Digest: 'digest', Commit: 'commit', Default: 'default', Deadline: 'deadline' },
    sections: { Summary: 'summary', Options: 'options' },
  },
  APPROVAL: {
    sender: 'operator',
    ackSeconds: null,
    required: ['digest', 'approved'],
    main: 'reason',
    lines: { ...bead, Digest: 'digest', Approved: 'approved' },
    sections: { Reason: 'reason' },
  },
  // Lease
  LEASE_DENIED: { ...lease, required: ['paths', 'holder', 'until'] },
  LEASE_RELEASED: { ...lease, required: ['paths', 'holder'] },
  LEASE_EXPIRING: { ...lease, required: ['paths', 'holder', 'until'] },
  LEASE_FORCED: { ...lease, required: ['paths', 'holder', 'reason'] },
  // System
  BOUNCE: { ...notice, required: ['message', 'reason'] },
  EXPIRED: { ...notice, required: ['message', 'recipient'] },
  ACK_OVERDUE: { ...notice, required: ['message', 'recipient'] },
  AGENT_JOINED: presence,
  AGENT_LEFT: presence,
} as const satisfies Readonly<Record<string, TypeSpec>>;
