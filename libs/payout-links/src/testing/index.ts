export { signWebhook, type WebhookSignature } from './sign-webhook.js';
export { sendWebhook, type WebhookAnswer } from './send-webhook.js';
