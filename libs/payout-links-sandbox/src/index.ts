export {
  SANDBOX_API_KEY,
  SANDBOX_WEBHOOK_TOKEN,
  type SandboxModuleOptions,
  type SandboxOptions,
} from './sandbox.options.js';
export { SandboxModule } from './sandbox.module.js';
export { startSandbox, type Sandbox } from './start-sandbox.js';
export { SandboxStateError, type SandboxStateErrorCode } from './state/sandbox-state.error.js';
