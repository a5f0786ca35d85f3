package io.slackwater.pricing.settings;

import java.util.List;

/**
 * Settings that cannot be used. It carries every fault at once, so that one start shows all there
 * is to correct. Its message has one line per fault and never shows a secret.
 */
public final class SettingsException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final List<String> faults;

    SettingsException(List<String> faults) {
        super(String.join("\n", faults));
        this.faults = List.copyOf(faults);
    }

    /** One sentence per fault: where it stands, key and value, what is allowed. Never empty. */
    public List<String> faults() {
        return faults;
    }
}
