package io.slackwater.pricing.tools;

/** A command cannot go on; its message is one sentence for a person, without a stack trace. */
public final class CommandFailure extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final int exitCode;

    private CommandFailure(int exitCode, String message) {
        super(message);
        this.exitCode = exitCode;
    }

    /** The answer is no: exit code 1. */
    static CommandFailure no(String message) {
        return new CommandFailure(Rules.NO, message);
    }

    /** Wrong use, or something cannot be reached: exit code 2. */
    static CommandFailure wrongUse(String message) {
        return new CommandFailure(Rules.WRONG_USE, message);
    }

    /** Of the process: 1 the answer is no, 2 wrong use. */
    public int exitCode() {
        return exitCode;
    }
}
