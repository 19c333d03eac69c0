package dev.sotto.openai.chat;

import dev.sotto.models.text.ChatMessage;
import dev.sotto.openai.error.ApiError;
import dev.sotto.openai.json.Fields;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** A conversation as it comes: texts of system, user and assistant, and nothing else. */
public final class ChatMessages {
  /** Most messages of a conversation. */
  public static final int MAX_MESSAGES = 1024;

  private static final int MAX_PARTS = 256;

  private ChatMessages() {}

  static List<ChatMessage> of(Fields fields) {
    List<JsonNode> given = Fields.array("messages", fields.needed("messages"), MAX_MESSAGES);
    if (given.isEmpty()) {
      throw ApiError.invalid(
          "messages", "invalid_value", "'messages' must have at least one element.");
    }
    List<ChatMessage> messages = new ArrayList<>();
    for (int i = 0; i < given.size(); i++) {
      messages.add(message("messages[%d]".formatted(i), given.get(i)));
    }
    return messages;
  }

  private static ChatMessage message(String name, JsonNode node) {
    Fields fields = Fields.object(name, node);
    String role = role(fields.name("role"), fields.neededText("role"));
    String content = content(fields.name("content"), fields.needed("content"), "text");
    fields.empty("tool_calls", "annotations");
    fields.done();
    return new ChatMessage(role, content);
  }

  /** A role that templates know; {@code developer} is the newer name of {@code system}. */
  public static String role(String name, String role) {
    return switch (role) {
      case "system", "developer" -> "system";
      case "user", "assistant" -> role;
      case "tool", "function" ->
          throw ApiError.unsupported(name, "'%s': tools are not supported.".formatted(name));
      default ->
          throw ApiError.invalid(
              name,
              "invalid_value",
              "'%s' must be one of system, developer, user, assistant.".formatted(name));
    };
  }

  /** A text, or a list of parts that are texts; {@code types} name parts that are. */
  public static String content(String name, JsonNode content, String... types) {
    if (content.isString()) {
      return Fields.text(name, content);
    }
    StringBuilder text = new StringBuilder();
    List<JsonNode> parts = Fields.array(name, content, MAX_PARTS);
    for (int i = 0; i < parts.size(); i++) {
      Fields part = Fields.object("%s[%d]".formatted(name, i), parts.get(i));
      String type = part.neededText("type");
      if (!List.of(types).contains(type)) {
        throw ApiError.unsupported(
            part.name("type"), "'%s': only text is supported.".formatted(part.name("type")));
      }
      text.append(part.neededText("text"));
      part.empty("annotations", "logprobs");
      part.done();
    }
    return text.toString();
  }
}
