package dev.sotto.openai.completion;

import dev.sotto.openai.ApiHost;
import dev.sotto.openai.answer.Answering;
import dev.sotto.openai.answer.Exchange;
import dev.sotto.openai.answer.JobHeader;
import dev.sotto.openai.json.Json;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.headers.Header;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** {@code POST /v1/completions}. */
@RestController
class CompletionController {
  private final ApiHost host;
  private final Answering answering;

  CompletionController(ApiHost host, Answering answering) {
    this.host = host;
    this.answering = answering;
  }

  @PostMapping(path = "/v1/completions", consumes = MediaType.APPLICATION_JSON_VALUE)
  @Operation(
      operationId = "createCompletion",
      summary = "Continues a text",
      requestBody =
          @RequestBody(
              required = true,
              content =
                  @Content(
                      mediaType = "application/json",
                      schema = @Schema(implementation = CompletionRequest.class))))
  @ApiResponse(
      responseCode = "200",
      description = "The answers, or a stream of their chunks",
      headers =
          @Header(
              name = JobHeader.NAME,
              description = JobHeader.ABOUT,
              schema = @Schema(type = "string")),
      content = {
        @Content(
            mediaType = "application/json",
            schema = @Schema(implementation = CompletionBody.class)),
        @Content(
            mediaType = "text/event-stream",
            schema = @Schema(implementation = CompletionBody.class))
      })
  void create(HttpServletRequest request, HttpServletResponse response) throws IOException {
    Exchange exchange = Exchange.of(host, request, response);
    answering.answer(
        exchange,
        () ->
            CompletionRequest.ask(
                Json.object(exchange.body()), host.models(exchange.caller()), host.obfuscates()),
        "prompt",
        (ask, facts) -> new CompletionViews.Whole(facts, ask.logprobs()),
        (ask, facts, events) ->
            new CompletionViews.Streamed(facts, events, ask.logprobs(), ask.usage()));
  }
}
