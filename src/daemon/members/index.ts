export { answerMember } from './control.js';
export { Membership } from './membership.js';
