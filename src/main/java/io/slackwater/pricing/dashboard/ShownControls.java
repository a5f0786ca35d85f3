package io.slackwater.pricing.dashboard;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.List;
import java.util.Locale;

/** The buttons and promises that the page shows; a page without buttons shows neither. */
final class ShownControls {

    private List<Controls.Button> buttons = List.of();
    private List<Controls.Promise> promises = List.of();
    private long lastChange;

    /** The page has buttons. */
    void buttons(List<Controls.Button> offered) {
        buttons = List.copyOf(offered);
    }

    /** Returns whether the promises are others than those that are shown. */
    boolean differ(List<Controls.Promise> now) {
        return !now.equals(promises);
    }

    /** How the promises do now. */
    void promises(long change, List<Controls.Promise> now) {
        promises = List.copyOf(now);
        lastChange = change;
    }

    /** Writes the promises if they changed after a change; the buttons only at first. */
    void write(JsonGenerator json, long since) throws IOException {
        boolean whole = since == Board.NOTHING;
        if (buttons.isEmpty() || (!whole && lastChange <= since)) {
            return;
        }
        json.writeObjectFieldStart("controls");
        if (whole) {
            json.writeArrayFieldStart("buttons");
            for (Controls.Button button : buttons) {
                json.writeStartObject();
                json.writeStringField("id", button.id());
                json.writeStringField("label", button.label());
                json.writeStringField("hint", button.hint());
                json.writeEndObject();
            }
            json.writeEndArray();
        }
        json.writeArrayFieldStart("promises");
        for (Controls.Promise promise : promises) {
            json.writeStartObject();
            json.writeStringField("id", promise.id());
            json.writeStringField("label", promise.label());
            json.writeStringField("state", promise.state().name().toLowerCase(Locale.ROOT));
            json.writeStringField("text", promise.text());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }
}
