// What a command line needs before it knows what to do: none of it loads a framework.
export { describeEnvironment } from './environment/variables.js';
export { ExitCode, runProgram } from './program/program.js';
