package io.slackwater.pricing.dashboard;

import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Presses buttons for visitors, each button once at a time. For many threads. */
final class ButtonPress {

    private static final Logger LOG = LoggerFactory.getLogger(ButtonPress.class);

    private final Controls controls;
    private final Set<String> pressed = ConcurrentHashMap.newKeySet();

    /**
     * @param controls null: none
     */
    ButtonPress(Controls controls) {
        this.controls = controls;
    }

    /**
     * Does what a button says.
     *
     * @return one sentence of what was done
     * @throws Refused when there is no such button, or it cannot be done now
     */
    String press(String id) throws IOException, Refused {
        if (controls.buttons().stream().noneMatch(button -> button.id().equals(id))) {
            throw new Refused(
                    404,
                    "There is no such button; there are: "
                            + controls.buttons().stream()
                                    .map(Controls.Button::id)
                                    .collect(Collectors.joining(", "))
                            + ".");
        }
        if (!pressed.add(id)) {
            throw new Refused(409, "It is being done already.");
        }
        try {
            return controls.press(id);
        } catch (IllegalStateException e) {
            throw new Refused(409, e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Refused(503, "The demo is ending.");
        } catch (IOException e) {
            throw e;
        } catch (Exception e) {
            LOG.warn("Button {} failed", id, e);
            throw new Refused(500, "It failed; see the log.");
        } finally {
            pressed.remove(id);
        }
    }

    /**
     * Checks that there are buttons.
     *
     * @throws Refused when there are none
     */
    void checkOffered() throws Refused {
        if (controls == null) {
            throw new Refused(404, "There are no buttons here: they are for the demo.");
        }
    }
}
