{{- define "moose.name" -}}
{{- .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- end }}

{{- define "moose.labels" -}}
app.kubernetes.io/name: moose
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{/* What the server and the workers share: given root, part (server or worker) and args. */}}
{{- define "moose.podSpec" -}}
{{- $values := .root.Values -}}
automountServiceAccountToken: false
terminationGracePeriodSeconds: {{ add $values.drainSeconds 60 }}
{{- if and $values.isolation.enabled $values.isolation.userNamespaces }}
hostUsers: false
{{- end }}
securityContext:
  runAsNonRoot: true
  runAsUser: 10001
  runAsGroup: 10001
  fsGroup: 10001
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile:
    type: {{ if $values.isolation.enabled }}Unconfined{{ else }}RuntimeDefault{{ end }}
{{- with $values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
containers:
  - name: moose
    image: {{ printf "%s:%s" $values.image.repository ($values.image.tag | default .root.Chart.AppVersion) | quote }}
    imagePullPolicy: {{ $values.image.pullPolicy }}
    args:
      {{- toYaml .args | nindent 6 }}
    env:
      - name: MOOSE_DRAIN
        value: {{ printf "%vs" $values.drainSeconds | quote }}
      {{- with $values.baseUrl }}
      - name: MOOSE_BASE_URL
        value: {{ . | quote }}
      {{- end }}
      {{- with $values.trustedProxies }}
      - name: MOOSE_TRUSTED_PROXIES
        value: {{ . | quote }}
      {{- end }}
      {{- if and (eq .part "worker") $values.workers.labels }}
      - name: MOOSE_LABELS
        value: {{ $values.workers.labels | quote }}
      {{- end }}
      {{- with $values.database.existingSecret }}
      - name: MOOSE_DATABASE_URL
        valueFrom:
          secretKeyRef:
            name: {{ . }}
            key: url
      {{- end }}
      {{- range $name, $value := $values.env }}
      - name: {{ $name }}
        value: {{ $value | quote }}
      {{- end }}
    {{- with $values.keysSecret }}
    envFrom:
      - secretRef:
          name: {{ . }}
    {{- end }}
    ports:
      - name: http
        containerPort: 4317
    # Moose answers only requests that name a host of its own.
    startupProbe:
      httpGet: &health
        path: /healthz
        port: http
        httpHeaders:
          - name: Host
            value: localhost
      periodSeconds: 2
      failureThreshold: 90
    livenessProbe:
      httpGet: *health
      periodSeconds: 10
      timeoutSeconds: 5
      failureThreshold: 6
    readinessProbe:
      httpGet:
        path: /readyz
        port: http
        httpHeaders:
          - name: Host
            value: localhost
      periodSeconds: 5
      timeoutSeconds: 5
    securityContext:
      # Namespaces are made without any capability of the pod; setuid programs would get round that.
      allowPrivilegeEscalation: false
      capabilities:
        drop: [ALL]
      {{- if and $values.isolation.enabled $values.isolation.userNamespaces }}
      procMount: Unmasked
      {{- end }}
    resources:
      {{- toYaml .place.resources | nindent 6 }}
    volumeMounts:
      - name: data
        mountPath: /var/lib/moose
{{- end }}

{{- define "moose.claims" -}}
- metadata:
    name: data
  spec:
    accessModes: [ReadWriteOnce]
    {{- with .storageClassName }}
    storageClassName: {{ . }}
    {{- end }}
    resources:
      requests:
        storage: {{ .storage }}
{{- end }}
