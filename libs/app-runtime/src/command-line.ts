// What a command line needs before it runs a command; none of it loads a framework.
export { describeEnvironment } from './environment/variables.js';
export { ExitCode, runProgram } from './program/program.js';
