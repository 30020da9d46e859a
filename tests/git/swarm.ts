// The swarm of the tests in this folder.
export const swarm = 'abcd1234';
