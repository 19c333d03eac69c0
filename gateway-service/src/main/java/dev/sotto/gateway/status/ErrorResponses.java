package dev.sotto.gateway.status;

import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.media.Content;
import io.swagger.v3.oas.models.media.MediaType;
import io.swagger.v3.oas.models.media.ObjectSchema;
import io.swagger.v3.oas.models.media.StringSchema;
import io.swagger.v3.oas.models.responses.ApiResponse;
import io.swagger.v3.oas.models.responses.ApiResponses;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.springdoc.core.customizers.OperationCustomizer;
import org.springframework.stereotype.Component;
import org.springframework.web.method.HandlerMethod;

/**
 * Every operation may answer with an error: which ones, and in what shape, in the API's document.
 */
@Component
class ErrorResponses implements OperationCustomizer {
  private static final Map<String, String> ERRORS =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry("400", "A field breaks its rule; param names it."),
              Map.entry("401", "The key is missing, unknown, expired or revoked."),
              Map.entry("403", "The key may not do this."),
              Map.entry("404", "There is no such thing for this key."),
              Map.entry("405", "The path does not take this method."),
              Map.entry("406", "The answer has no form that the caller accepts."),
              Map.entry("408", "The caller was too slow."),
              Map.entry("409", "The job is over, or the step is not due."),
              Map.entry("413", "The body is longer than is taken."),
              Map.entry("415", "The body's type is not taken."),
              Map.entry("429", "A limit or a cap is reached; retry-after says when to try again."),
              Map.entry("500", "A fault of the server."),
              Map.entry("502", "A lane failed the job."),
              Map.entry("503", "No lane can take the job now."),
              Map.entry("504", "The deadline passed.")));

  @Override
  public Operation customize(Operation operation, HandlerMethod method) {
    ApiResponses responses = operation.getResponses();
    ERRORS.forEach((status, what) -> responses.putIfAbsent(status, response(what)));
    return operation;
  }

  private static ApiResponse response(String what) {
    ObjectSchema error = new ObjectSchema();
    for (String key : List.of("message", "type", "param", "code")) {
      boolean mayBeNull = key.equals("param") || key.equals("code");
      error.addProperty(key, new StringSchema().nullable(mayBeNull));
      error.addRequiredItem(key);
    }
    ObjectSchema body = new ObjectSchema();
    body.addProperty("error", error);
    body.addRequiredItem("error");
    return new ApiResponse()
        .description(what)
        .content(new Content().addMediaType("application/json", new MediaType().schema(body)));
  }
}
