package io.slackwater.pricing.connectors;

import java.util.List;

/**
 * The world is not as the settings say, so the job does not start. All faults are told at once, a
 * line each: what is wrong, where, and what is allowed.
 */
public final class StartupException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final List<String> faults;

    /**
     * @param faults at least one sentence
     */
    public StartupException(List<String> faults) {
        super(String.join("\n", faults));
        this.faults = List.copyOf(faults);
    }

    /** One sentence each. */
    @SuppressWarnings("serial") // List.copyOf is serializable.
    public List<String> faults() {
        return faults;
    }

    /** The innermost message of a failure, on one line: what a person can act on. */
    static String reason(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        String message = root.getMessage();
        return message == null || message.isBlank()
                ? root.getClass().getSimpleName()
                : message.strip().replaceAll("\\s*\\R\\s*", " ");
    }
}
